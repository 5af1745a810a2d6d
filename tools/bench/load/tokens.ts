import type { Client, Side } from '../sides/side.ts'
import type { Connection } from './connection.ts'

export interface Tokens {
  readonly access_token: string
  readonly refresh_token?: string
  readonly id_token?: string
}

/** What the token, introspection and other endpoints for programs are asked with. */
export async function post(
  connection: Connection,
  of: { readonly endpoint: URL; readonly client: Client; readonly fields: string },
): Promise<string> {
  const { endpoint, client, fields } = of
  const inBody = client.authentication === 'post'
  const { status, text } = await connection.send({
    method: 'POST',
    path: endpoint.pathname,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(client.authentication === 'basic' && { authorization: basic(client) }),
    },
    body: inBody ? `${fields}&client_id=${client.id}&client_secret=${client.secret}` : fields,
  })
  if (status !== 200) throw new Error(`${endpoint.pathname} answered ${status}: ${text}`)
  return text
}

const known = new WeakMap<Client, string>()

/** RFC 6749 §2.3.1, written once per client: the load should cost its maker little. */
function basic(client: Client): string {
  const written = known.get(client)
  if (written !== undefined) return written
  const words = `${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret)}`
  const header = `Basic ${Buffer.from(words).toString('base64')}`
  known.set(client, header)
  return header
}

export async function redeem(
  connection: Connection,
  side: Side,
  given: { readonly code: string; readonly verifier: string },
): Promise<Tokens> {
  const { site, endpoints } = side
  const fields =
    `grant_type=authorization_code&code=${encodeURIComponent(given.code)}` +
    `&redirect_uri=${encodeURIComponent(site.redirectUri)}&code_verifier=${given.verifier}`
  const text = await post(connection, { endpoint: endpoints.token, client: site, fields })
  const tokens = JSON.parse(text) as Tokens
  if (!tokens.access_token || !tokens.id_token) throw new Error(`No tokens: ${text}`)
  return tokens
}

/** @returns the next refresh token; the same one where a provider does not rotate */
export async function refresh(connection: Connection, side: Side, token: string): Promise<string> {
  const fields = `grant_type=refresh_token&refresh_token=${encodeURIComponent(token)}`
  const { endpoints, site } = side
  const text = await post(connection, { endpoint: endpoints.token, client: site, fields })
  const { access_token, refresh_token } = JSON.parse(text) as Tokens
  if (!access_token) throw new Error(`No tokens: ${text}`)
  return refresh_token ?? token
}

/** @throws Error when the token is not active: the load would then measure a refusal */
export async function introspect(connection: Connection, side: Side, token: string): Promise<void> {
  const fields = `token=${encodeURIComponent(token)}`
  const { endpoints, asker } = side
  if (!endpoints.introspection) throw new Error(`${side.name} offers no introspection`)
  const text = await post(connection, { endpoint: endpoints.introspection, client: asker, fields })
  if (!text.includes('"active":true')) throw new Error(`Not active: ${text}`)
}
