import type { Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { AccountType } from './rules.ts'

export async function renameAccount(
  tx: Tx<Tables>,
  account: string,
  name: { readonly givenName: string; readonly familyName: string },
): Promise<void> {
  await tx
    .updateTable('account')
    .set({ given_name: name.givenName, family_name: name.familyName })
    .where('id', '=', account)
    .execute()
}

/**
 * Another profile for the same account (M17). The database counts it as a change of rights.
 * @returns false when it is not, or no longer, of the type it changes from
 */
export async function changeAccountType(
  tx: Tx<Tables>,
  account: string,
  type: { readonly from: AccountType; readonly to: AccountType },
): Promise<boolean> {
  const row = await tx
    .updateTable('account')
    .set({ account_type: type.to })
    .where('id', '=', account)
    .where('account_type', '=', type.from)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** @throws a unique violation on `account_login_key` or `account_identifier_pkey` when it is somebody's */
export async function changeLogin(tx: Tx<Tables>, account: string, login: string): Promise<void> {
  await tx.updateTable('account').set({ login }).where('id', '=', account).execute()
}

/**
 * A new address, proven. A login that is the old address follows it: nobody types an address that is no
 * longer theirs.
 * @returns false when the account is not open (any longer)
 * @throws a unique violation on `account_email_key` or `account_identifier_pkey` when somebody was first
 */
export async function changeEmail(
  tx: Tx<Tables>,
  account: string,
  email: string,
): Promise<boolean> {
  const row = await tx
    .updateTable('account')
    .set({
      email,
      email_confirmed_at: sql<Date>`now()`,
      login: sql<string>`case when identifier_key(login) = identifier_key(email)
        then ${email}::text else login end`,
    })
    .where('id', '=', account)
    .where('state', '=', 'active')
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}
