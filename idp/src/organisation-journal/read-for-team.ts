import type { Db } from '@myanm/database'
import type { Context } from 'koa'
import type { Tables } from '../tables.ts'
import { shownEvent } from './present.ts'
import { PER_PAGE } from './rules.ts'
import { listEvents } from './store.ts'

/**
 * The journal of an organisation as its GESTIONNAIRE reads it, for the team of the ANM (P38): the same
 * lines and the same silences. That it was read is theirs to write down.
 * @param page `before`: the last line of the page before; null for the first, also for what is no line
 */
export async function readForTeam(
  ctx: Context,
  db: Db<Tables>,
  page: { readonly organisation: string; readonly before: string | null },
) {
  const { organisation } = page
  const before = page.before !== null && /^[1-9]\d{0,17}$/.test(page.before) ? page.before : null
  const everything = { account: null, from: null, to: null }
  const rows = await listEvents(db, { organisation, ...everything, before, most: PER_PAGE + 1 })
  const shown = rows.slice(0, PER_PAGE)
  return {
    events: shown.map((row) => shownEvent(ctx, row)),
    isFirst: before === null,
    older: rows.length > PER_PAGE ? (shown.at(-1)?.id ?? null) : null,
  }
}
