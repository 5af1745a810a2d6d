import { type Db, transact } from '@myanm/database'
import { record } from '#journal'
import { lockOrganisation } from '#organisations'
import type { Tables } from '../tables.ts'
import { announce } from './announce.ts'
import { findProposed, listOverdue, settle, takeUntold } from './store.ts'

/** Proposals told of in one transaction: each is a few letters. */
const AT_ONCE = 20

/**
 * Ends what nobody answered within seven days (6.3, ML18), and tells of what ended by itself: the
 * database closed it with the change that took its meaning away, whoever made that change.
 */
export async function watchTransfers({
  db,
  now = new Date(),
}: {
  readonly db: Db<Tables>
  readonly now?: Date
}): Promise<void> {
  for (const organisation of await listOverdue(db, now)) await expire(db, organisation, now)
  while ((await tell(db)) === AT_ONCE);
}

function expire(db: Db<Tables>, organisation: string, now: Date): Promise<void> {
  return transact(db, async (tx) => {
    await lockOrganisation(tx, organisation)
    const proposed = await findProposed(tx, organisation)
    if (!proposed || proposed.expiresAt > now) return
    if (!(await settle(tx, proposed.id, { state: 'expired', by: null }))) return
    await record(tx, { event: 'transfer-expired', organisation, account: proposed.to })
    const details = { what: 'expired' }
    await announce(tx, { code: 'transfer-not-done', organisation, details })
  })
}

function tell(db: Db<Tables>): Promise<number> {
  return transact(db, async (tx) => {
    const untold = await takeUntold(tx, AT_ONCE)
    for (const { organisation, from, to } of untold) {
      await record(tx, { event: 'transfer-cancelled', organisation, account: to })
      const details = { what: 'cancelled' }
      const also = [from, to]
      await announce(tx, { code: 'transfer-not-done', organisation, details, also })
    }
    return untold.length
  })
}
