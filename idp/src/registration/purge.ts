import type { Tx } from '@myanm/database'
import { dropUnconfirmed, listUnconfirmed } from '#accounts'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import { WAIT } from './rules.ts'
import { listRegistrations, removeOld } from './store.ts'

/**
 * Forgets registrations nobody proved within thirty days, and the accounts they made (6.1): not an
 * account for which somebody else still waits. All that hangs on a row goes with it.
 *
 * @returns how many rows went; less than `limit` of each kind when nothing is left to do
 */
export async function purgeRegistrations(
  tx: Tx<Tables>,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<number> {
  const before = new Date(now.getTime() - WAIT)
  let gone = await removeOld(tx, { before, limit })
  for (const account of await listUnconfirmed(tx, { before, limit })) {
    const waiting = await listRegistrations(tx, account)
    if (waiting.some((registration) => registration.registered_at >= before)) continue
    if (await dropUnconfirmed(tx, account)) {
      await record(tx, { event: 'account-purged', account })
      gone += 1
    }
  }
  return gone
}
