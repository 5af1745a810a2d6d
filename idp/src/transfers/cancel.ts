import { transact } from '@myanm/database'
import { record } from '#journal'
import { findManager, lockOrganisation } from '#organisations'
import type { Needs } from '../services.ts'
import { announce } from './announce.ts'
import type { TransferRefusal } from './rules.ts'
import { findProposed, settle } from './store.ts'

/** Who leads takes the proposal back, as long as nobody has answered (6.3). */
export function cancel(
  { db }: Needs<'db'>,
  {
    organisation,
    transfer,
    by,
  }: {
    readonly organisation: string
    /** The one that was on the page: not one proposed since. */
    readonly transfer: string
    readonly by: string
  },
): Promise<TransferRefusal | null> {
  return transact(db, async (tx) => {
    await lockOrganisation(tx, organisation)
    const [leads, proposed] = [
      await findManager(tx, organisation),
      await findProposed(tx, organisation),
    ]
    if (proposed?.id !== transfer || leads?.account !== by) return 'not-now'
    if (!(await settle(tx, proposed.id, { state: 'cancelled', by }))) return 'not-now'
    await record(tx, { event: 'transfer-cancelled', organisation, account: proposed.to, by })
    const details = { what: 'cancelled' }
    await announce(tx, { code: 'transfer-not-done', organisation, details })
    return null
  })
}
