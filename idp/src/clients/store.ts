import type { Db } from '@myanm/database'
import type { Selectable } from 'kysely'
import type { Tables } from '../tables.ts'
import { OUR_SITES } from './rules.ts'

export type Client = Selectable<Tables['client']>

/** Every client, for the engine: a few dozen rows, read when they change. */
export function listClients(db: Db<Tables>): Promise<Client[]> {
  return db.selectFrom('client').selectAll().orderBy('client_id').execute()
}

export interface Policies {
  /** Audience → the resource server it names. */
  readonly audiences: ReadonlyMap<string, { clientId: string; scopes: readonly string[] }>
  /** Resource server → clients whose tokens it may ask about. */
  readonly introspection: ReadonlyMap<string, ReadonlySet<string>>
}

export async function listPolicies(db: Db<Tables>): Promise<Policies> {
  const [servers, rules] = await Promise.all([
    db.selectFrom('resource_server').selectAll().execute(),
    db.selectFrom('introspection_policy').selectAll().execute(),
  ])
  const byServer = Map.groupBy(rules, (rule) => rule.resource_server)
  return {
    audiences: new Map(
      servers.map((row) => [row.audience, { clientId: row.client_id, scopes: row.scopes }]),
    ),
    introspection: new Map(
      [...byServer].map(([server, list]) => [
        server,
        new Set(list.map((rule) => rule.token_client)),
      ]),
    ),
  }
}

/** The sites of the house, as people see them, in the order they are named. */
export async function listSites(
  db: Db<Tables>,
): Promise<{ client_id: string; name: string; home_uri: string | null }[]> {
  const sites = await db
    .selectFrom('client')
    .select(['client_id', 'name', 'home_uri'])
    .where('home_uri', 'is not', null)
    .where('client_id', 'in', [...OUR_SITES])
    .execute()
  const place = (id: string) => (OUR_SITES as readonly string[]).indexOf(id)
  return sites.sort((left, right) => place(left.client_id) - place(right.client_id))
}
