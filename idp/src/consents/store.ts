import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** Scopes the person agreed to share with this client; empty when never asked or withdrawn. */
export async function findConsent(
  db: Db<Tables>,
  who: { readonly account: string; readonly client: string },
): Promise<readonly string[]> {
  const row = await db
    .selectFrom('consent')
    .select('scopes')
    .where('account_id', '=', who.account)
    .where('client_id', '=', who.client)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  return row?.scopes ?? []
}

export async function saveConsent(
  tx: Tx<Tables>,
  consent: {
    readonly account: string
    readonly client: string
    readonly scopes: readonly string[]
  },
): Promise<void> {
  await tx
    .insertInto('consent')
    .values({
      account_id: consent.account,
      client_id: consent.client,
      scopes: [...consent.scopes],
      withdrawn_at: null,
    })
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'client_id']).doUpdateSet({
        scopes: [...consent.scopes],
        granted_at: sql`now()`,
        withdrawn_at: null,
      }),
    )
    .execute()
}
