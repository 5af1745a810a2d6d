import type { Db } from '@myanm/database'
import type { Tables } from '../tables.ts'
import { HELD, QUEUED } from './map/index.ts'
import { type Entry, personalColumns } from './rules.ts'
import { type Rows, readRowsOf } from './store.ts'

/** What is held of one person, table by table. */
export type Holdings = Readonly<Record<string, Rows>>

const TABLES = [
  ...Object.entries(HELD as Readonly<Record<string, Entry>>).map(
    ([name, entry]) => [name, name, entry] as const,
  ),
  ...Object.entries(QUEUED).map(([name, entry]) => [name, `idp_jobs.${name}`, entry] as const),
].flatMap(([name, table, entry]) => {
  const { person, order } = entry
  if (!person) return []
  const columns = personalColumns(entry)
    .filter(([, { told }]) => told !== 'withheld')
    .map(([column, { names }]) => ({ name: column, ...(names && { names }) }))
  return [{ name, table, link: person, columns, order }]
})

/** Everything MyANM holds of a person, as the map finds it: nothing has to be thought of (M15). */
export function holdingsOf(
  db: Db<Tables>,
  asked: { readonly account: string; readonly most: number | null },
): Promise<Holdings> {
  return readRowsOf(db, { ...asked, tables: TABLES })
}
