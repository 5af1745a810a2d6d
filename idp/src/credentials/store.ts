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
