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

/** The same, held against change until the transaction ends. */
export async function holdConsent(
  tx: Tx<Tables>,
  who: { readonly account: string; readonly client: string },
): Promise<readonly string[]> {
  const row = await tx
    .selectFrom('consent')
    .select('scopes')
    .where('account_id', '=', who.account)
    .where('client_id', '=', who.client)
    .where('withdrawn_at', 'is', null)
    .forShare()
    .executeTakeFirst()
  return row?.scopes ?? []
}

export interface Consent {
  readonly client: string
  readonly scopes: readonly string[]
  readonly grantedAt: Date
}

/** What a person shares now, and with whom. */
export function listConsents(db: Db<Tables>, account: string): Promise<Consent[]> {
  return db
    .selectFrom('consent')
    .select(['client_id as client', 'scopes', 'granted_at as grantedAt'])
    .where('account_id', '=', account)
    .where('withdrawn_at', 'is', null)
    .orderBy('client_id')
    .execute()
}

export async function endConsent(
  tx: Tx<Tables>,
  who: { readonly account: string; readonly client: string },
): Promise<boolean> {
  const row = await tx
    .updateTable('consent')
    .set({ withdrawn_at: sql<Date>`now()` })
    .where('account_id', '=', who.account)
    .where('client_id', '=', who.client)
    .where('withdrawn_at', 'is', null)
    .returning('client_id')
    .executeTakeFirst()
  return row !== undefined
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
