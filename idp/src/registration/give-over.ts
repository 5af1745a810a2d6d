import type { Tx } from '@myanm/database'
import { findByIdentifier, giveTo } from '#accounts'
import type { Tables } from '../tables.ts'
import { claimOf, type Registration } from './store.ts'

/**
 * Makes the account of a registration say all that this registration says.
 * @returns false when the login it chose became somebody's while it waited: they sign in by address
 */
export async function giveOver(tx: Tx<Tables>, registration: Registration): Promise<boolean> {
  const claim = claimOf(registration)
  const { login } = claim.person
  const holder = login === null ? undefined : await findByIdentifier(tx, login)
  const keepsLogin = holder === undefined || holder.id === registration.account_id
  const person = keepsLogin ? claim.person : { ...claim.person, login: null }
  await giveTo(tx, registration.account_id, { ...claim, person })
  return keepsLogin
}
