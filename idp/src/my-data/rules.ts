/** What one line of what is held shows: a moment, yes or no, several things, or text. */
export type Readable =
  | { readonly kind: 'moment'; readonly at: Date }
  | { readonly kind: 'boolean'; readonly yes: boolean }
  | { readonly kind: 'text'; readonly text: string }

/** A moment, or a day without one. */
const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}|$)/

/** A value as the database gives it in JSON; null when there is nothing to show. */
export function readable(value: unknown): Readable | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'boolean') return { kind: 'boolean', yes: value }
  if (typeof value === 'string' && MOMENT.test(value)) {
    const at = new Date(value)
    // What somebody typed may look like one, and be none.
    if (!Number.isNaN(at.getTime())) return { kind: 'moment', at }
  }
  if (Array.isArray(value)) {
    return value.length > 0 ? { kind: 'text', text: value.map(String).join(', ') } : null
  }
  return { kind: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }
}

/** Lines of the journal on one page. */
export const PER_PAGE = 25

/** The line a page of the journal goes on from; null for the first page, also when it is no number. */
export function lineBefore(asked: unknown): number | null {
  if (typeof asked !== 'string' || !/^[1-9]\d{0,14}$/.test(asked)) return null
  return Number(asked)
}

/** The organisations somebody leads: they are handed over before one leaves (E16, M69). */
export function ledBy<Kind extends { readonly role: string }>(
  memberships: readonly Kind[],
): readonly Kind[] {
  return memberships.filter(({ role }) => role === 'GESTIONNAIRE')
}
