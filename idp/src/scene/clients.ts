import type { Tx } from '@myanm/database'
import { hashClientSecret } from '#clients'
import type { Tables } from '../tables.ts'
import type { SceneClient } from './cast.ts'

const SIGN_IN = ['openid', 'profile', 'email', 'compte', 'organisation']

/** Saves a client as the scene describes it; an existing one takes the new addresses and secret. */
export async function saveClient(
  tx: Tx<Tables>,
  client: SceneClient,
  all: readonly SceneClient[],
): Promise<void> {
  const row = rowOf(client)
  await tx
    .insertInto('client')
    .values(row)
    .onConflict((conflict) => conflict.column('client_id').doUpdateSet(row))
    .execute()
  if (client.kind !== 'resource-server') return

  const audience = `urn:myanm:${client.id}`
  await tx
    .insertInto('resource_server')
    .values({ client_id: client.id, audience, scopes: ['lire'] })
    .onConflict((conflict) => conflict.column('client_id').doUpdateSet({ audience }))
    .execute()
  for (const about of client.introspects) {
    if (!all.some(({ id }) => id === about)) throw new Error(`The scene has no client ${about}`)
    await tx
      .insertInto('introspection_policy')
      .values({ resource_server: client.id, token_client: about })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

function rowOf(client: SceneClient) {
  const { id, name, home, kind } = client
  const isSite = kind === 'site'
  const isBilan = id === 'bilan'
  const scopes = isBilan ? [...SIGN_IN, 'bilan'] : isSite ? SIGN_IN : [...SIGN_IN, 'offline_access']
  const hasPages = kind !== 'resource-server'
  return {
    client_id: id,
    name,
    secret_hash: hashClientSecret(client.secret),
    // Sites of the ANM share one sector; the académie and each partner have their own (D6).
    sector: isSite && !isBilan ? 'anm' : id,
    // Mon bilan en ligne is another controller: it asks once (7.1).
    first_party: isSite && !isBilan,
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: postLogoutOf(client),
    backchannel_logout_uri: isSite && home ? `${home}/deconnexion-centrale` : null,
    events_uri: isSite && home ? `${home}/evenements` : null,
    home_uri: isSite ? home : null,
    scopes: hasPages ? scopes : [],
    grant_types: hasPages ? ['authorization_code', 'refresh_token'] : [],
  }
}

function postLogoutOf({ kind, home }: SceneClient): string[] {
  if (!home) return []
  return kind === 'site' ? [`${home}/deconnecte`] : [home, `${home}/`]
}
