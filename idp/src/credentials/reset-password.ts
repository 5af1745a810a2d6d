import type { Tx } from '@myanm/database'
import { record } from '#journal'
import { post } from '#mail'
import { endSessionsOf } from '#oidc'
import type { Tables } from '../tables.ts'
import { clearPasswordFailures, setHashByMail } from './store.ts'
import { withdrawLinks } from './withdraw-links.ts'

/**
 * Gives a new password to somebody who has proven their mailbox, in the transaction that uses the proof
 * up. An account that waited for just that, new or old, is open from now on (M57, 6.1). Every session
 * ends, everywhere: whoever was in with the old password is out (M59).
 *
 * @returns false when the account may not have one: it is suspended, or gone
 */
export async function resetPassword(
  tx: Tx<Tables>,
  { account, hash }: { readonly account: string; readonly hash: string },
): Promise<boolean> {
  const before = await setHashByMail(tx, account, hash)
  if (before === null) return false
  await clearPasswordFailures(tx, account)
  await withdrawLinks(tx, account)
  await endSessionsOf(tx, account, 'all')
  if (before === 'legacy' || before === 'unconfirmed') {
    await record(tx, { event: 'email-confirmed', account })
  }
  await record(tx, { event: 'password-changed', account, details: { by: 'mail' } })
  await post(tx, { code: 'password-changed', account })
  return true
}
