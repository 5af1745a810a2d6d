import { formatDay, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { type Held, type Holdings, type Kept, whatIsHeld, whatIsKept } from '#retention'
import type { Length, Period, Personal } from '#rules/retention'
import { readable } from './rules.ts'

/** What templates show of one kind of thing that is held. */
interface Shown {
  readonly title: string
  readonly why: string
  readonly until: string
  readonly rows: readonly (readonly { readonly label: string; readonly value: string }[])[]
  readonly more: number
}

/** What is held of somebody, section by section, in plain words; what is not held is not named. */
export function shownHoldings(ctx: Context, holdings: Holdings) {
  return whatIsHeld().flatMap(({ section, tables }) => {
    const kinds = tables.flatMap((held) => {
      const { rows = [], total = 0 } = holdings[held.table] ?? {}
      const shown = rows.map((row) => linesOf(ctx, held, row)).filter((lines) => lines.length > 0)
      return shown.length > 0
        ? [{ ...headOf(ctx, held), rows: shown, more: total - rows.length } satisfies Shown]
        : []
    })
    return kinds.length > 0
      ? [{ key: section, title: translate(ctx, `retention.section.${section}`), kinds }]
      : []
  })
}

/** What sites keep: of all of them alike, then of one alone. */
export function shownSites(ctx: Context, names: ReadonlyMap<string, string>) {
  const { sites } = whatIsKept()
  const everywhere = (sites[0]?.kept ?? []).filter(({ table }) =>
    sites.every(({ kept }) => kept.some((other) => other.table === table)),
  )
  const common = new Set(everywhere.map(({ table }) => table))
  return {
    everywhere: everywhere.map((kept) => headOf(ctx, kept)),
    own: sites.flatMap(({ site, kept }) => {
      const own = kept.filter(({ table }) => !common.has(table)).map((one) => headOf(ctx, one))
      return own.length > 0 ? [{ name: names.get(site) ?? site, kinds: own }] : []
    }),
  }
}

function headOf(ctx: Context, { table, purposes, period }: Omit<Kept, 'classes' | 'columns'>) {
  const reasons = purposes.map((purpose) => translate(ctx, `retention.purpose.${purpose}`))
  return {
    title: translate(ctx, `retention.table.${table}`),
    why: translate(ctx, 'retention.why', { purposes: reasons.join('\u00a0; ') }),
    until: translate(ctx, 'retention.until', { period: periodInWords(ctx, period) }),
  }
}

export function periodInWords(ctx: Context, period: Period): string {
  if (period.kind === 'after') {
    return translate(ctx, 'retention.period.after', { length: lengthInWords(ctx, period.length) })
  }
  if (period.kind === 'expiry') {
    return translate(ctx, 'retention.period.expiry', { length: lengthInWords(ctx, period.atMost) })
  }
  return translate(ctx, `retention.period.${period.kind}`)
}

function lengthInWords(ctx: Context, { unit, count }: Length): string {
  return translate(ctx, `retention.length.${unit}`, { count })
}

function linesOf(ctx: Context, held: Held, row: Readonly<Record<string, unknown>>) {
  return held.onPage.flatMap(([name, column]) => {
    const value = valueOf(ctx, { name, column, row })
    return value === null
      ? []
      : [{ label: translate(ctx, `retention.column.${held.table}.${name}`), value }]
  })
}

function valueOf(
  ctx: Context,
  { name, column, row }: { name: string; column: Personal; row: Readonly<Record<string, unknown>> },
): string | null {
  const value = readable(column.names ? (row[`${name}_name`] ?? row[name]) : row[name])
  if (value === null) return null
  switch (value.kind) {
    case 'moment':
      return formatDay(value.at)
    case 'boolean':
      return translate(ctx, value.yes ? 'my-data.yes' : 'my-data.no')
    default:
      return column.words ? wordOf(ctx, { list: column.words, value: value.text, row }) : value.text
  }
}

/** A mail is known by its subject, which may name what it is about. */
function wordOf(
  ctx: Context,
  { list, value, row }: { list: string; value: string; row: Readonly<Record<string, unknown>> },
): string {
  if (list !== 'letter') return translate(ctx, `retention.value.${list}.${value}`)
  return translate(ctx, `mail.${value}.subject`, row['details'] as Record<string, string | number>)
}
