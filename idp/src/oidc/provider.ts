import { allowFormAction, isHttps, type Log } from '@myanm/chassis'
import type { Db, Statements } from '@myanm/database'
import {
  type ClientMetadata,
  type Configuration,
  errors,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider'
import type { Client, Policies } from '#clients'
import { enqueue } from '#jobs'
import { hashClientSecret } from '#rules/clients'
import type { Tables } from '../tables.ts'
import { adapterFor } from './adapter.ts'
import { CLAIMS_BY_SCOPE, claimsFor } from './claims.ts'
import { standingInAny, standingUnder } from './context-choice.ts'
import { keepDiagnoses } from './diagnose.ts'
import type { EnginePages } from './engine-pages.ts'
import { hearFailures } from './failures.ts'
import { grantFor } from './grants.ts'
import { mayIntrospect, recordRefusal } from './introspection.ts'
import type { SigningKey } from './keys.ts'
import { LIFETIMES, refreshLifetime, sessionLifetime } from './lifetimes.ts'
import { checkNeed, narrowClaims, promptPolicy } from './prompts.ts'
import { endFamily } from './replay.ts'
import { LEVELS } from './rules.ts'
import { noteEnd } from './sign-out.ts'
import { SealedSigningKey } from './signing-key.ts'
import type { SubjectOf } from './subject.ts'
import { currentWork } from './unit-of-work.ts'

export interface ProviderNeeds {
  readonly db: Db<Tables>
  readonly statements: Statements
  readonly log: Log
  readonly issuer: URL
  readonly subjectOf: SubjectOf
  readonly pages: EnginePages
}

export interface ProviderData {
  readonly clients: readonly Client[]
  readonly policies: Policies
  readonly keys: readonly SigningKey[]
}

/** Where the protocol lives. Names of RFCs, not of screens: programs read them in the discovery. */
export const ROUTES = {
  authorization: '/authorize',
  token: '/token',
  userinfo: '/userinfo',
  jwks: '/jwks',
  introspection: '/introspect',
  revocation: '/revoke',
  end_session: '/logout',
  pushed_authorization_request: '/par',
} as const

const epoch = (): number => Math.floor(Date.now() / 1000)

/** Builds the protocol engine: configuration, and nothing but configuration. */
export function createProvider(needs: ProviderNeeds, data: ProviderData): Provider {
  const { db, issuer, subjectOf, pages } = needs
  const { policies } = data
  const https = isHttps(issuer)
  // ASVS 3.3.1: bound to the host, or at least to TLS for those that are for one journey's addresses.
  const ofHost = (name: string) => (https ? `__Host-${name}` : name)
  const ofPath = (name: string) => (https ? `__Secure-${name}` : name)
  // Not signed: they carry 256 random bits that are looked up by their hash; a signature adds nothing.
  const sharedCookie = { httpOnly: true, sameSite: 'lax', secure: https, signed: false } as const

  const findAccount: Configuration['findAccount'] = async (_ctx, accountId, token) => {
    // Without a token no claim is made yet: it only matters that the account is there.
    const standing = token
      ? await standingUnder(db, { accountId, grantId: grantOf(token) })
      : await standingInAny(db, accountId)
    if (standing?.account.state !== 'active') return undefined
    const client = (token as { clientId?: string } | undefined)?.clientId ?? ''
    return {
      accountId,
      claims: (use, scope) => ({
        sub: accountId,
        ...claimsFor({
          standing,
          use: use === 'id_token' ? 'id_token' : 'userinfo',
          scopes: new Set(scope.split(' ')),
          client,
        }),
      }),
    }
  }

  const configuration: Configuration = {
    adapter: (kind: string) => adapterFor(kind, needs),
    clients: data.clients.map(metadataOf),
    clientDefaults: { id_token_signed_response_alg: 'ES256', response_types: ['code'] },
    extraClientMetadata: { properties: ['sector', 'firstParty', 'homeUri'] },
    jwks: { keys: data.keys.map((key) => new SealedSigningKey(key) as never) },
    cookies: {
      names: {
        session: ofHost('myanm'),
        interaction: ofPath('etape'),
        resume: ofPath('reprise'),
      },
      long: { ...sharedCookie, path: '/' },
      short: sharedCookie,
    },
    routes: ROUTES,
    interactions: { policy: promptPolicy(db), url: interactionUrl },
    findAccount,
    loadExistingGrant: (ctx) => grantFor(ctx, db),
    pairwiseIdentifier: (_ctx, accountId, client) => subjectOf(accountId, String(client['sector'])),
    sectorIdentifierUriValidate: () => false,
    subjectTypes: ['pairwise'],
    acrValues: [...LEVELS],
    claims: Object.fromEntries(
      Object.entries(CLAIMS_BY_SCOPE).map(([scope, claims]) => [scope, [...claims]]),
    ),
    scopes: ['openid', 'offline_access', 'profile', 'email', 'compte', 'organisation', 'bilan'],
    // One check for what belongs together: it hears of all of them.
    extraParams: { organisation: null, minimum_role: checkNeed, page: null, profil: null },
    responseTypes: ['code'],
    // Every site of the house and every public client; a verifier is checked whenever there is one.
    pkce: {
      required: (_ctx, client) =>
        client['firstParty'] === true || client.clientAuthMethod === 'none',
    },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'] },
    // Tokens end with the session they came from: signing out once ends them all.
    expiresWithSession: (_ctx, token) => !token.scopes.has('offline_access'),
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    clockTolerance: 5,
    // No client of ours is a script of another origin (RFC 9700 2.6).
    clientBasedCORS: () => false,
    allowOmittingSingleRegisteredRedirectUri: false,
    ttl: {
      ...LIFETIMES,
      RefreshToken: (_ctx, token) => refreshLifetime(token.authTime, epoch()),
      Session: (_ctx, session) => sessionLifetime(session, epoch()),
    },
    discovery: {
      service_documentation: undefined,
      ui_locales_supported: ['fr'],
      // `create`: Initiating User Registration via OpenID Connect 1.0, §4.
      prompt_values_supported: ['none', 'login', 'consent', 'create', 'contexte'],
    },
    renderError: pages.showError,
    features: {
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      claimsParameter: {
        enabled: true,
        assertClaimsParameter: async (ctx, claims) => narrowClaims(ctx, claims),
      },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      revocation: {
        enabled: true,
        // RFC 7009 §2.1: each client its own tokens; of another's it is told that they are not.
        allowedPolicy: async (_ctx, client, token) => {
          if (token.clientId === client.clientId) return true
          throw new errors.InvalidRequest('the token is not of this client')
        },
      },
      introspection: {
        enabled: true,
        allowedPolicy: async (_ctx, client, token) => {
          const asking = client.clientId
          if (mayIntrospect(policies, asking, token)) return true
          await recordRefusal(db, { asking, about: token.clientId ?? '' })
          return false
        },
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: pages.askToSignOut,
        postLogoutSuccessSource: pages.showSignedOut,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined as never,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => {
          const server = policies.audiences.get(resource)
          if (!server) throw new errors.InvalidTarget()
          return {
            audience: resource,
            scope: server.scopes.join(' '),
            accessTokenFormat: 'opaque' as const,
            accessTokenTTL: LIFETIMES.AccessToken,
          }
        },
      },
    },
    // The engine calls nobody: sign-outs go through the job queue, and no client has a jwks_uri.
    fetch: () => Promise.reject(new Error('The engine has no business outside')),
  }
  const provider = new Provider(issuer.origin, configuration)
  keepSecretsHashed(provider)
  queueSignOuts(provider)
  endReplayedFamilies(provider)
  noteAnsweredSignOuts(provider)
  letFormsReachTheSite(provider)
  hearFailures(provider, needs.log)
  keepDiagnoses(provider)
  return provider
}

/** Secrets of clients are kept as hashes: what is given is hashed before it is compared. */
function keepSecretsHashed(provider: Provider): void {
  const prototype = provider.Client.prototype
  const compare = prototype.compareClientSecret
  prototype.compareClientSecret = function compareHashes(given: string) {
    return compare.call(this, hashClientSecret(given))
  }
}

/**
 * The engine would tell the sites itself, once, while the person waits. It queues instead, in the
 * transaction that ends the session: told if and only if it has ended, and until they have heard.
 */
function queueSignOuts(provider: Provider): void {
  provider.Client.prototype['backchannelLogout'] = async function queueSignOut(
    account: string,
    sid: string,
  ) {
    const client = this.clientId
    currentWork()?.deeds.push((tx) => enqueue(tx, 'backchannel-logout', { client, account, sid }))
  }
}

/** An answer posted by the browser (form_post) ends at the site: our policy for forms must let it. */
function letFormsReachTheSite(provider: Provider): void {
  const allow = (ctx: KoaContextWithOIDC) => {
    const { params, client } = ctx.oidc
    const target = params?.['redirect_uri']
    if (params?.['response_mode'] !== 'form_post' || typeof target !== 'string') return
    if (client?.redirectUriAllowed(target)) allowFormAction(ctx, new URL(target).origin)
  }
  provider.on('authorization.success', allow)
  provider.on('authorization.error', allow)
}

/** Who was asked and said yes is signed out by the engine itself: ours ends with it, as in `endSession`. */
function noteAnsweredSignOuts(provider: Provider): void {
  provider.on('end_session.success', (ctx) => {
    if (ctx.oidc.params?.['logout'] && ctx.oidc.session) noteEnd(ctx.oidc.session)
  })
}

/**
 * A grant that ends while tokens are asked for ends because something was shown twice. What another
 * request wrote of it meanwhile ends too: the next grant of this session will have the same name.
 */
function endReplayedFamilies(provider: Provider): void {
  provider.on('grant.revoked', (ctx, grantId) => {
    if (ctx.oidc.route !== 'token') return
    const client = ctx.oidc.client?.clientId
    const work = currentWork()
    const code = work?.artefacts.get(String(ctx.oidc.params?.['code']))
    work?.deeds.push(async (tx) => {
      const shown = ctx.oidc.entities.RefreshToken ?? (await code)?.payload
      await endFamily(tx, { grantId, account: shown?.['accountId'] as string | undefined, client })
    })
  })
}

function metadataOf(client: Client): ClientMetadata {
  const hasRedirects = client.redirect_uris.length > 0
  return {
    client_id: client.client_id,
    client_secret: client.secret_hash,
    client_name: client.name,
    redirect_uris: client.redirect_uris,
    post_logout_redirect_uris: client.post_logout_redirect_uris,
    grant_types: client.grant_types,
    response_types: hasRedirects ? ['code'] : [],
    ...(client.scopes.length > 0 && { scope: client.scopes.join(' ') }),
    subject_type: 'pairwise',
    // The engine wants one of whoever has several hosts, and asks nobody: our sectors are in the table.
    ...(hasRedirects && { sector_identifier_uri: `https://${client.sector}.invalid/` }),
    token_endpoint_auth_method: 'client_secret_basic',
    ...(client.backchannel_logout_uri && {
      backchannel_logout_uri: client.backchannel_logout_uri,
      backchannel_logout_session_required: true,
    }),
    sector: client.sector,
    firstParty: client.first_party,
    homeUri: client.home_uri ?? undefined,
  }
}

/** Where the person goes when something has to be asked: each question has its own page. */
function interactionUrl(
  _ctx: KoaContextWithOIDC,
  interaction: { uid: string; prompt: { name: string } },
) {
  switch (interaction.prompt.name) {
    case 'contexte':
      return `/contexte/${interaction.uid}`
    case 'consent':
      return `/consentement/${interaction.uid}`
    // Below the same path, where the cookie of the journey comes along.
    case 'create':
      return `/connexion/${interaction.uid}?inscription`
    default:
      return `/connexion/${interaction.uid}`
  }
}

function grantOf(token: unknown): string | undefined {
  return (token as { grantId?: string }).grantId
}
