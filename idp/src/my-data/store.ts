import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** @returns false when the account is not active: asked already, suspended meanwhile, or gone */
export async function markLeaving(
  tx: Tx<Tables>,
  { account, now }: { account: string; now: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('account')
    .set({ state: 'deletion_requested', deletion_requested_at: now })
    .where('id', '=', account)
    .where('state', '=', 'active')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** @returns false when there is nothing left to keep, or it is kept already */
export async function markStaying(tx: Tx<Tables>, account: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('account')
    .set({ state: 'active', deletion_requested_at: null })
    .where('id', '=', account)
    .where('state', '=', 'deletion_requested')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** When an account asked to be deleted; null when it did not, or is gone. */
export async function leavingSince(db: Db<Tables>, account: string): Promise<Date | null> {
  const row = await db
    .selectFrom('account')
    .select('deletion_requested_at')
    .where('id', '=', account)
    .where('state', '=', 'deletion_requested')
    .executeTakeFirst()
  return row?.deletion_requested_at ?? null
}

/** Titles of the newsletters somebody receives now. */
export async function listNewslettersOf(db: Db<Tables>, account: string): Promise<string[]> {
  const { rows } = await sql<{ title: string }>`
    select n.title from newsletter n where 'confirmed' = (
      select c.event from newsletter_consent c
        where c.account_id = ${account}::uuid and c.newsletter = n.key
          and c.event in ('confirmed', 'ended')
        order by c.id desc limit 1
    ) order by n.position`.execute(db)
  return rows.map(({ title }) => title)
}
