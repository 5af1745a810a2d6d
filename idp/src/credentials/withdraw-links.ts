import type { Tx } from '@myanm/database'
import { type Purpose, withdrawProof } from '#proofs'
import type { Tables } from '../tables.ts'

/** What a mailed link can do to an account that a new password must not leave open. */
const ENDED_BY_A_PASSWORD = [
  'reset-password',
  'first-sign-in',
  'change-email',
] as const satisfies readonly Purpose[]

/**
 * With a new password, what was asked for before by mail ends: another link to a password, and above all
 * a change of address. Whoever was in with the old password may have asked for it, and would otherwise
 * take the account over by that mail after its owner has changed the lock.
 */
export async function withdrawLinks(tx: Tx<Tables>, account: string): Promise<void> {
  for (const purpose of ENDED_BY_A_PASSWORD) {
    await withdrawProof(tx, { account, purpose, now: new Date() })
  }
}
