/**
 * The yardstick of P2 to P4: `oidc-provider`, the engine MyANM stands on, in a process of its own with
 * its own in-memory adapter. It keeps nothing, checks no password, writes no log, knows no rights. What
 * the site is and may do is the same as at MyANM: ES256, PKCE required, opaque tokens that end with the
 * session, refresh tokens rotated. Left out, in its favour: pairwise subjects, hashed client secrets,
 * strict headers.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { type InteractionResults, Provider } from 'oidc-provider'
import type { Client, Site } from './side.ts'

const issuer = new URL(process.env['ISSUER'] ?? '')
const site = JSON.parse(process.env['SITE'] ?? '') as Site
const asker = JSON.parse(process.env['ASKER'] ?? '') as Client

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
const provider = new Provider(issuer.origin, {
  clients: [
    {
      client_id: site.id,
      client_secret: site.secret,
      redirect_uris: [site.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: site.scope,
    },
    {
      client_id: asker.id,
      client_secret: asker.secret,
      redirect_uris: [],
      grant_types: [],
      response_types: [],
    },
  ],
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  jwks: { keys: [{ ...key, alg: 'ES256', use: 'sig' } as never] },
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  pkce: { required: () => true },
  scopes: site.scope.split(' '),
  claims: {
    openid: ['sub'],
    profile: ['name', 'given_name', 'family_name', 'locale'],
    email: ['email', 'email_verified'],
    compte: ['account_type'],
    organisation: ['org'],
  },
  findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  ttl: {
    AccessToken: 600,
    AuthorizationCode: 60,
    Grant: 31 * 86_400,
    IdToken: 600,
    Interaction: 3600,
    RefreshToken: 30 * 86_400,
    Session: 1800,
  },
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true, allowedPolicy: () => true },
  },
})

const PAGE = `<form method="post"><input name="login"><input name="password" type="password"></form>`

/** Whoever says who they are is signed in, and agrees to everything. */
async function signIn(request: IncomingMessage): Promise<InteractionResults> {
  const account = new URLSearchParams(await text(request)).get('login') ?? ''
  const grant = new provider.Grant({ accountId: account, clientId: site.id })
  grant.addOIDCScope(site.scope)
  return { login: { accountId: account }, consent: { grantId: await grant.save() } }
}

const protocol = provider.callback()
const server = createServer(async (request, response) => {
  if (!request.url?.startsWith('/interaction/')) return protocol(request, response)
  if (request.method === 'POST') {
    return provider.interactionFinished(request, response, await signIn(request))
  }
  response.setHeader('content-type', 'text/html').end(PAGE)
})
server.listen(Number(issuer.port), issuer.hostname)

// Our parent holds the other end: when it is gone, so are we.
process.stdin.on('end', () => process.exit()).resume()
process.on('SIGTERM', () => process.exit())
