import { HELD, ON_SITES } from './map/index.ts'
import {
  type Class,
  type Entry,
  type Period,
  type Personal,
  type Purpose,
  personalColumns,
  SECTIONS,
  type Section,
} from './rules.ts'

/** One kind of thing that is kept: what, why, until when. Words are in the catalogue. */
export interface Kept {
  readonly table: string
  readonly classes: readonly Class[]
  readonly purposes: readonly Purpose[]
  readonly period: Period
  readonly columns: readonly string[]
}

const keptOf = ([table, entry]: [string, Entry]): Kept => {
  const columns = personalColumns(entry)
  return {
    table,
    classes: [...new Set(columns.map(([, column]) => column.class))],
    purposes: [...new Set(columns.map(([, column]) => column.purpose ?? entry.purpose))],
    period: entry.period,
    columns: columns.map(([name]) => name),
  }
}

/** What the page « Mes données » shows of one table. */
export interface Held extends Omit<Kept, 'classes' | 'columns'> {
  readonly onPage: readonly [string, Personal][]
}

/** What of MyANM's own tables is shown to the person it is about. The journal has a page of its own. */
export function whatIsHeld(): readonly {
  readonly section: Section
  readonly tables: readonly Held[]
}[] {
  const held = Object.entries(HELD as Readonly<Record<string, Entry>>)
  return SECTIONS.filter((section) => section !== 'journal').map((section) => ({
    section,
    tables: held
      .filter(([, entry]) => entry.section === section && entry.person !== null)
      .map(([table, entry]) => {
        const { purposes, period } = keptOf([table, entry])
        const onPage = personalColumns(entry).filter(([, { told }]) => told === 'page')
        return { table, purposes, period, onPage }
      }),
  }))
}

/** What MyANM and each site keep, for the privacy page and « Mes données ». */
export function whatIsKept(): {
  readonly sections: readonly { readonly section: Section; readonly kept: readonly Kept[] }[]
  readonly sites: readonly { readonly site: string; readonly kept: readonly Kept[] }[]
} {
  const held = Object.entries(HELD as Readonly<Record<string, Entry>>)
  return {
    sections: SECTIONS.flatMap((section) => {
      const kept = held.filter(([, entry]) => entry.section === section).map(keptOf)
      return kept.length > 0 ? [{ section, kept }] : []
    }),
    sites: Object.entries(ON_SITES).map(([schema, tables]) => ({
      site: schema.replaceAll('_', '-'),
      kept: Object.entries(tables).map(keptOf),
    })),
  }
}

/** What is there and is not told: whoever had the file could come in with it. */
export function withheldOf(table: string): readonly string[] {
  const entry = (HELD as Readonly<Record<string, Entry>>)[table]
  return entry
    ? personalColumns(entry).flatMap(([name, { told }]) => (told === 'withheld' ? [name] : []))
    : []
}
