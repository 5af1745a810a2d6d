import type { Db } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** Where somebody wanted to go, as a site asked for it: a page that only the GESTIONNAIRE may open. */
export interface WishToLead {
  readonly account: string
  readonly organisation: string
  readonly client: string
  readonly page: string | null
}

/** Keeps the last one of each person at each organisation. */
export async function saveWish(db: Db<Tables>, wish: WishToLead): Promise<void> {
  const wanted = {
    client_id: wish.client,
    return_path: wish.page,
    wished_at: sql<Date>`now()`,
  }
  await db
    .insertInto('wish_to_lead')
    .values({ account_id: wish.account, organisation_id: wish.organisation, ...wanted })
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'organisation_id']).doUpdateSet(wanted),
    )
    .execute()
}

/** What somebody wanted there in the last thirty days, as long as a request would wait. */
export function findWish(
  db: Db<Tables>,
  of: { readonly account: string; readonly organisation: string },
) {
  return db
    .selectFrom('wish_to_lead')
    .innerJoin('client', 'client.client_id', 'wish_to_lead.client_id')
    .select([
      'client.client_id as clientId',
      'client.name as site',
      'client.home_uri as homeUri',
      'client.redirect_uris as redirectUris',
      'wish_to_lead.return_path as page',
    ])
    .where('wish_to_lead.account_id', '=', of.account)
    .where('wish_to_lead.organisation_id', '=', of.organisation)
    .where('wish_to_lead.wished_at', '>', sql<Date>`now() - interval '30 days'`)
    .executeTakeFirst()
}
