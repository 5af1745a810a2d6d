import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

export interface Credentials {
  readonly id: string
  readonly state: string
  readonly password_hash: string | null
  readonly must_change_password: boolean
}

/** Finds by login or e-mail, whatever their spelling: each belongs to one account. */
export function findCredentials(
  db: Db<Tables>,
  identifier: string,
): Promise<Credentials | undefined> {
  return db
    .selectFrom('account_identifier')
    .innerJoin('account', 'account.id', 'account_identifier.account_id')
    .select([
      'account.id',
      'account.state',
      'account.password_hash',
      'account.must_change_password',
    ])
    .where('account_identifier.key', '=', sql<string>`identifier_key(${identifier})`)
    .executeTakeFirst()
}

export async function replaceHash(
  db: Db<Tables>,
  account: string,
  hashes: { readonly old: string; readonly new: string },
): Promise<void> {
  await db
    .updateTable('account')
    .set({ password_hash: hashes.new })
    .where('id', '=', account)
    // A password changed meanwhile stays changed.
    .where('password_hash', '=', hashes.old)
    .execute()
}

export async function setHash(tx: Tx<Tables>, account: string, hash: string): Promise<void> {
  await tx
    .updateTable('account')
    .set({ password_hash: hash, must_change_password: false })
    .where('id', '=', account)
    .execute()
}

/**
 * Sets the password of an account that may get one by mail, and opens the one that waited for a proof of
 * its address: in one statement, for an old account has no password and an open one always has.
 * @returns the state it was in; null when it may not
 */
export async function setHashByMail(
  tx: Tx<Tables>,
  account: string,
  hash: string,
): Promise<Tables['account']['state'] | null> {
  const { rows } = await sql<{ before: Tables['account']['state'] }>`
    update account set
        password_hash = ${hash},
        must_change_password = false,
        state = case when state in ('legacy', 'unconfirmed') then 'active' else state end,
        email_confirmed_at = coalesce(email_confirmed_at, now())
      where id = ${account}
        and state in ('legacy', 'unconfirmed', 'active', 'deletion_requested')
      returning old.state as before`.execute(tx)
  return rows[0]?.before ?? null
}

/** Whether somebody else chose this password, so that its owner must choose one before anything else. */
export async function mustChangePassword(db: Db<Tables>, account: string): Promise<boolean> {
  const row = await db
    .selectFrom('account')
    .select('must_change_password')
    .where('id', '=', account)
    .executeTakeFirst()
  return row?.must_change_password ?? false
}
