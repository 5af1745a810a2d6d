import { type Db, transact } from '@myanm/database'
import { changeAccountType, changeProfile, type Profile, renameAccount } from '#accounts'
import { record } from '#journal'
import type { AccountType } from '#rules/accounts'
import type { Tables } from '../tables.ts'

interface Told {
  readonly account: string
  /** The version of what they were shown (E40). */
  readonly version: number
  readonly told: Partial<Omit<Profile, 'version'>>
}

/** @returns false when another tab was first: nothing is changed then */
export async function changeIdentity(
  { db }: { readonly db: Db<Tables> },
  change: Told & { readonly givenName: string; readonly familyName: string },
): Promise<boolean> {
  const { account } = change
  return transact(db, async (tx) => {
    if (!(await changeProfile(tx, change))) return false
    await renameAccount(tx, account, change)
    await record(tx, { event: 'profile-changed', account })
    return true
  })
}

/**
 * The same account with another profile (M17); what it may do on the sites changes at once.
 * @returns false when another tab was first
 */
export async function changeProfileType(
  { db }: { readonly db: Db<Tables> },
  change: Told & { readonly from: AccountType; readonly to: AccountType },
): Promise<boolean> {
  const { account, from, to } = change
  return transact(db, async (tx) => {
    if (!(await changeProfile(tx, change))) return false
    if (!(await changeAccountType(tx, account, { from, to })))
      throw new Error('The type moved alone')
    await record(tx, { event: 'profile-changed', account, details: { type: to } })
    return true
  })
}
