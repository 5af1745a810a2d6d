import type { Db } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

export interface Credentials {
  readonly id: string
  readonly state: string
  readonly password_hash: string | null
}

/** Finds by login or e-mail, in their one spelling. A login wins over somebody else's e-mail. */
export function findCredentials(
  db: Db<Tables>,
  identifier: string,
): Promise<Credentials | undefined> {
  return db
    .selectFrom('account')
    .select(['id', 'state', 'password_hash'])
    .where((where) =>
      where.or([
        where(sql`lower(login)`, '=', identifier),
        where(sql`lower(email)`, '=', identifier),
      ]),
    )
    .orderBy(sql`lower(login) is not distinct from ${identifier}`, 'desc')
    .limit(1)
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
