import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '@myanm/testing'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import Provider, { type Configuration, interactionPolicy } from 'oidc-provider'

export interface ProviderClient {
  readonly id: string
  readonly secret: string
  readonly url: URL
}

/**
 * A bare oidc-provider in MyANM's place: a real one, over real HTTP, that signs in whoever the test
 * says, without a page.
 */
export interface StandIn {
  readonly issuer: URL
  /** Claims by account; changing them changes what the next userinfo says. */
  readonly people: Map<string, Record<string, unknown>>
  /** Who signs in next; `cancel` for somebody who changes their mind. */
  who: string
  /** How long every answer takes, in milliseconds. */
  delay: number
  /** How long an answer that is ready takes to arrive: it tells of before. In milliseconds. */
  delayAnswers: number
  /**
   * Stops the next answer about a person’s rights on its way. One at a time: a second hold is for the
   * answer after it.
   */
  hold(): HeldAnswer
  /** Status of every answer, when it breaks down. */
  broken: number | undefined
  /** Requests by path, since the last `forget`. */
  readonly seen: Map<string, number>
  /** Query of the last authorization request. */
  asked: URLSearchParams
  /** Grants made, by grant type. */
  readonly granted: Map<string, number>
  forget(): void
  /** Ends every grant of an account: suspension, password change. */
  endGrants(account: string): Promise<void>
  sign(payload: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>
  goDown(): Promise<void>
  comeBack(): Promise<void>
}

/** An answer that MyANM has given and that has not arrived. */
export interface HeldAnswer {
  /** Resolves when it has been given: what it says is what held then. */
  readonly given: Promise<void>
  arrive(): void
}

export async function startProvider(clients: readonly ProviderClient[]): Promise<StandIn> {
  const port = await freePort()
  const issuer = new URL(`http://127.0.0.1:${port}`)
  const { privateKey, publicKey: _ } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), kid: 'first', alg: 'ES256', use: 'sig' }
  const people = new Map<string, Record<string, unknown>>()
  const grants = new Map<string, Set<string>>()
  const held: { give: () => void; arrived: Promise<void> }[] = []
  let server: Server | undefined

  const provider = new Provider(issuer.origin, {
    ...settings(clients),
    jwks: { keys: [jwk] },
    findAccount: async (_ctx, sub) => {
      const claims = people.get(sub)
      return claims && { accountId: sub, claims: async () => ({ sub, ...claims }) }
    },
    loadExistingGrant: async (ctx) => {
      const { client, session, params } = ctx.oidc
      const before = session?.grantIdFor(String(client?.clientId))
      const existing = before && (await ctx.oidc.provider.Grant.find(before))
      if (existing) return existing
      const grant = new ctx.oidc.provider.Grant({
        clientId: String(client?.clientId),
        accountId: String(session?.accountId),
      })
      grant.addOIDCScope(String(params?.['scope']))
      const id = await grant.save()
      const known = grants.get(String(session?.accountId)) ?? new Set()
      grants.set(String(session?.accountId), known.add(id))
      return grant
    },
  } as Configuration)
  provider.on('grant.success', (ctx) => {
    const type = String(ctx.oidc.params?.['grant_type'])
    standIn.granted.set(type, (standIn.granted.get(type) ?? 0) + 1)
  })

  provider.use(async (ctx, next) => {
    standIn.seen.set(ctx.path, (standIn.seen.get(ctx.path) ?? 0) + 1)
    if (standIn.delay > 0) await pause(standIn.delay)
    if (standIn.broken !== undefined) {
      ctx.status = standIn.broken
      ctx.body = 'broken'
      return
    }
    if (ctx.path === '/auth') standIn.asked = new URLSearchParams(ctx.querystring)
    if (ctx.path === '/api/equipe') return team(ctx as never)
    if (!ctx.path.startsWith('/interaction/')) {
      await next()
      if (ctx.path !== '/me') return
      if (standIn.delayAnswers > 0) await pause(standIn.delayAnswers)
      const stopped = held.shift()
      stopped?.give()
      await stopped?.arrived
      return
    }
    const { prompt } = await provider.interactionDetails(ctx.req, ctx.res)
    const result =
      standIn.who === 'cancel'
        ? { error: 'access_denied' }
        : { [prompt.name]: {}, login: { accountId: standIn.who } }
    await provider.interactionFinished(ctx.req, ctx.res, result)
    ctx.respond = false
  })

  const team = async (ctx: { get(name: string): string; status: number; body: unknown }) => {
    const token = await provider.AccessToken.find(ctx.get('authorization').replace('Bearer ', ''))
    const org = token && (people.get(token.accountId)?.['org'] as { id: string } | undefined)
    ctx.status = token ? (org ? 200 : 403) : 401
    ctx.body = org ? { organisation: { id: org.id }, members: [] } : { error: 'none' }
  }

  const standIn: StandIn = {
    issuer,
    people,
    who: '',
    delay: 0,
    delayAnswers: 0,
    broken: undefined,
    seen: new Map(),
    asked: new URLSearchParams(),
    granted: new Map(),
    hold() {
      const given = Promise.withResolvers<void>()
      const arrived = Promise.withResolvers<void>()
      held.push({ give: given.resolve, arrived: arrived.promise })
      return { given: given.promise, arrive: arrived.resolve }
    },
    forget() {
      standIn.seen.clear()
      standIn.granted.clear()
    },
    async endGrants(account) {
      for (const id of grants.get(account) ?? []) {
        const grant = await provider.Grant.find(id)
        await provider.AccessToken.revokeByGrantId(id)
        await provider.RefreshToken.revokeByGrantId(id)
        await grant?.destroy()
      }
    },
    sign: (payload, header = {}) =>
      new SignJWT(payload)
        .setProtectedHeader({ alg: 'ES256', kid: 'first', typ: 'logout+jwt', ...header })
        .sign(privateKey as CryptoKey),
    async goDown() {
      const running = server
      server = undefined
      if (!running) return
      running.closeAllConnections()
      running.close()
      await once(running, 'close')
    },
    async comeBack() {
      server = createServer(provider.callback()).listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
  }
  await standIn.comeBack()
  return standIn
}

function settings(clients: readonly ProviderClient[]): Configuration {
  const policy = interactionPolicy.base()
  policy.add(new interactionPolicy.Prompt({ name: 'contexte', requestable: true }))
  policy.add(new interactionPolicy.Prompt({ name: 'create', requestable: true }))
  return {
    clients: clients.map(({ id, secret, url }) => ({
      client_id: id,
      client_secret: secret,
      redirect_uris: [new URL('/retour', url).href],
      post_logout_redirect_uris: [new URL('/deconnecte', url).href],
      backchannel_logout_uri: new URL('/deconnexion-centrale', url).href,
      backchannel_logout_session_required: true,
      grant_types: ['authorization_code', 'refresh_token'],
      require_auth_time: true,
      id_token_signed_response_alg: 'ES256',
    })),
    cookies: { keys: ['of no importance'] },
    // Its guard against private addresses is in the dispatcher: the sites of a test are on loopback.
    fetch: (address, options) => {
      const { dispatcher: _, ...rest } = options as RequestInit & { dispatcher?: unknown }
      return fetch(address, rest)
    },
    interactions: { policy, url: (_ctx, { uid }) => `/interaction/${uid}` },
    extraParams: ['organisation'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name'],
      email: ['email'],
      compte: ['account_type'],
      organisation: ['org'],
      bilan: ['bilan'],
    },
    scopes: ['openid', 'profile', 'email', 'compte', 'organisation', 'bilan'],
    pkce: { required: () => true },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: 600,
      RefreshToken: 43_200,
      Session: 43_200,
      Grant: 43_200,
      Interaction: 600,
      IdToken: 600,
    },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => {
          ctx.body = `${form.replace('</form>', '<input name="logout" value="yes"/></form>')}`
        },
      },
    },
  }
}
