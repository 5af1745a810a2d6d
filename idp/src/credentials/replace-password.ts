import type { Tx } from '@myanm/database'
import { record } from '#journal'
import { post } from '#mail'
import { endSessionsOf, type Which } from '#oidc'
import type { Tables } from '../tables.ts'
import { clearPasswordFailures, setHash } from './store.ts'
import { withdrawLinks } from './withdraw-links.ts'

/**
 * Gives an account a new password, in the caller's transaction: sessions end, the person is told (ML6).
 * The hash is made beforehand, outside: a transaction does not wait for it.
 */
export async function replacePassword(
  tx: Tx<Tables>,
  change: {
    readonly account: string
    readonly hash: string
    /** Which sessions end: all after a reset, all but this one when it is changed from inside. */
    readonly sessions: Which
  },
): Promise<void> {
  const { account, hash, sessions } = change
  await setHash(tx, account, hash)
  await clearPasswordFailures(tx, account)
  await withdrawLinks(tx, account)
  await endSessionsOf(tx, account, sessions)
  await record(tx, { event: 'password-changed', account })
  await post(tx, { code: 'password-changed', account })
}
