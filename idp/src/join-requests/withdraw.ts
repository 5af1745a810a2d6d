import { type Db, transact } from '@myanm/database'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import { lockRequest, settleRequest } from './store.ts'

/**
 * Takes one's own request back.
 * @returns false when it is not theirs, or was answered first
 */
export function withdrawRequest(
  { db }: { readonly db: Db<Tables> },
  { account, request }: { readonly account: string; readonly request: string },
): Promise<boolean> {
  return transact(db, async (tx) => {
    const held = await lockRequest(tx, request)
    if (held?.account !== account || held.state !== 'pending') return false
    await settleRequest(tx, request, { state: 'withdrawn', by: account })
    await record(tx, { event: 'join-withdrawn', account, organisation: held.organisation })
    return true
  })
}
