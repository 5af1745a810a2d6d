import type { Db, Tx } from '@myanm/database'
import type { Selectable } from 'kysely'
import type { Tables } from '../tables.ts'
import { audienceOf, hashClientSecret, OUR_SITES } from './rules.ts'

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

/** What a token that is meant for a service says: its account type, its organisation and the role there. */
const SERVICE_SCOPES = ['compte', 'organisation']

/** A service that asks about tokens, and about whose. */
export interface Service {
  readonly id: string
  readonly name: string
  readonly audience: string
  readonly asksAbout: readonly string[]
}

export async function listServices(db: Db<Tables>): Promise<Service[]> {
  const [servers, rules] = await Promise.all([
    db
      .selectFrom('resource_server')
      .innerJoin('client', 'client.client_id', 'resource_server.client_id')
      .select(['client.client_id as id', 'client.name', 'resource_server.audience'])
      .orderBy('client.client_id')
      .execute(),
    db.selectFrom('introspection_policy').selectAll().orderBy('token_client').execute(),
  ])
  return servers.map((server) => ({
    ...server,
    asksAbout: rules.flatMap((rule) =>
      rule.resource_server === server.id ? [rule.token_client] : [],
    ),
  }))
}

/**
 * Registers a service: it has no pages, and asks about nobody’s tokens but its own yet. That of a site
 * (7.1 `<rp>-api`) knows people as the site does; any other is a sector of its own, so that two partners
 * cannot compare whom they know (D6).
 * @returns false when there is no such site
 */
export async function addService(
  tx: Tx<Tables>,
  service: {
    readonly id: string
    readonly name: string
    readonly secret: string
    readonly ofSite?: string | undefined
  },
): Promise<boolean> {
  const site =
    service.ofSite === undefined
      ? { sector: service.id }
      : await tx
          .selectFrom('client')
          .select('sector')
          .where('client_id', '=', service.ofSite)
          .executeTakeFirst()
  if (!site) return false
  await tx
    .insertInto('client')
    .values({
      client_id: service.id,
      name: service.name,
      secret_hash: hashClientSecret(service.secret),
      sector: site.sector,
      first_party: false,
      redirect_uris: [],
      post_logout_redirect_uris: [],
      scopes: [],
      grant_types: [],
    })
    .execute()
  await tx
    .insertInto('resource_server')
    .values({
      client_id: service.id,
      audience: audienceOf(service.id),
      scopes: [...SERVICE_SCOPES],
    })
    .execute()
  return true
}

/** From the next question on, the service is told about tokens of that site. */
export async function allowQuestions(
  db: Db<Tables>,
  { service, about }: { readonly service: string; readonly about: string },
): Promise<void> {
  await db
    .insertInto('introspection_policy')
    .values({ resource_server: service, token_client: about })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** From the next question on, those tokens are foreign to it: not active. */
export async function refuseQuestions(
  db: Db<Tables>,
  { service, about }: { readonly service: string; readonly about: string },
): Promise<void> {
  await db
    .deleteFrom('introspection_policy')
    .where('resource_server', '=', service)
    .where('token_client', '=', about)
    .execute()
}
