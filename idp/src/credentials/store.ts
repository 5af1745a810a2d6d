import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

export interface Credentials {
  readonly id: string
  readonly state: Tables['account']['state']
  readonly password_hash: string | null
  readonly must_change_password: boolean
  /** In a row, since the last success. */
  readonly password_failures: number
  readonly has_second_factor: boolean
}

/** All a sign-in has to know before it checks anything, in one statement. */
const credentials = (db: Db<Tables>) =>
  db
    .selectFrom('account')
    .leftJoin('sign_in_failure', 'sign_in_failure.account_id', 'account.id')
    .select([
      'account.id',
      'account.state',
      'account.password_hash',
      'account.must_change_password',
      sql<number>`coalesce(sign_in_failure.passwords, 0)`.as('password_failures'),
      // Tables of the room of authenticators: a look of their own would be one more round trip.
      sql<boolean>`exists (select from passkey where account_id = account.id)
        or exists (select from one_time_password where account_id = account.id)`.as(
        'has_second_factor',
      ),
    ])

/** Finds by login or e-mail, whatever their spelling: each belongs to one account. */
export function findCredentials(
  db: Db<Tables>,
  identifier: string,
): Promise<Credentials | undefined> {
  return credentials(db)
    .innerJoin('account_identifier', 'account_identifier.account_id', 'account.id')
    .where('account_identifier.key', '=', sql<string>`identifier_key(${identifier})`)
    .executeTakeFirst()
}

export function findCredentialsOf(
  db: Db<Tables>,
  account: string,
): Promise<Credentials | undefined> {
  return credentials(db).where('account.id', '=', account).executeTakeFirst()
}

/**
 * Counts a wrong password. For nobody's account it does the same and finds none.
 * @returns how many in a row that makes
 */
export async function countPasswordFailure(
  tx: Tx<Tables>,
  account: string | undefined,
): Promise<number> {
  const { rows } = await sql<{ passwords: number }>`
    insert into sign_in_failure (account_id, passwords)
      select id, 1 from account where id = ${account ?? null}::uuid
      on conflict (account_id) do update set passwords = sign_in_failure.passwords + 1
      returning passwords`.execute(tx)
  return rows[0]?.passwords ?? 0
}

export async function clearPasswordFailures(
  db: Db<Tables> | Tx<Tables>,
  account: string,
): Promise<void> {
  await db
    .updateTable('sign_in_failure')
    .set({ passwords: 0 })
    .where('account_id', '=', account)
    .execute()
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
