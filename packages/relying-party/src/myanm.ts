import { isLoopback, type Secret } from '@myanm/chassis'
import { compactVerify, createRemoteJWKSet, type JWTVerifyGetKey } from 'jose'
import * as client from 'openid-client'
import { type Availability, watchAvailability } from './availability.ts'
import { exchange } from './myanm-errors.ts'
import type { Claims } from './person.ts'

/** Longest MyANM is waited for, in seconds: a page must not hang because another process does. */
const PATIENCE = 2
/** The discovery document is read again after this long, in milliseconds. */
const DOCUMENT_LIFE = 3_600_000
/** Difference of clocks that is forgiven, in seconds. */
export const CLOCK_TOLERANCE = 30
/** Never `none`, never a shared secret. */
export const SIGNATURES = ['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'EdDSA', 'Ed25519']

export interface Tokens {
  readonly access: string
  readonly refresh?: string
  /** Tells MyANM who signs out. */
  readonly id?: string
}

export interface Granted {
  readonly tokens: Tokens
  /** Of the access token. */
  readonly expiresInSeconds: number
}

export interface SignedIn extends Granted {
  readonly sub: string
  readonly sid?: string
  /** Seconds since 1970, in MyANM's time. */
  readonly issuedAt: number
  /** When the password was given; `issuedAt` when MyANM does not say. */
  readonly authenticatedAt: number
}

/** What a transaction must find again in MyANM's answer. */
export interface Proof {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** Who signs for MyANM. */
export interface Signatory {
  /** As MyANM spells its own name, for exact comparison. */
  readonly issuer: string
  /** Fetched again, within limits, when a key is unknown. */
  readonly keys: JWTVerifyGetKey
}

/** MyANM, seen from a site. Every promise may reject, with a `MyAnmError` and nothing else. */
export interface MyAnm extends Pick<Availability, 'isWorthAsking'> {
  readonly issuer: URL
  readonly clientId: string
  /** Resolves once the discovery document is known. */
  discovered(): Promise<void>
  /** Where to send somebody to sign in; MyANM has answered a moment ago. */
  authorizationUrl(proof: Proof, more: Readonly<Record<string, string>>): Promise<URL>
  /** Redeems the code of an answer, once everything about it has been checked. */
  redeem(answer: URL, proof: Proof): Promise<SignedIn>
  refresh(refreshToken: string): Promise<Granted>
  claims(accessToken: string, sub: string): Promise<Claims & { readonly sub: string }>
  /** GET of MyANM's own API. */
  read(accessToken: string, path: string): Promise<Response>
  revoke(token: string): Promise<void>
  /** Where to send somebody to sign out; MyANM has answered a moment ago. */
  endSessionUrl(parameters: Readonly<Record<string, string>>): Promise<URL>
  signatory(): Promise<Signatory>
}

interface Document {
  readonly configuration: client.Configuration
  readonly keys: JWTVerifyGetKey
  /** When it was read, in milliseconds of a clock that never jumps. */
  readonly at: number
}

/**
 * Talks to MyANM through openid-client. The discovery document is read when it is first needed, not at
 * the start: the site stands up without MyANM, and finds it as soon as it is there.
 */
export function myAnm(options: {
  readonly issuer: URL
  readonly client: { readonly id: string; readonly secret: Secret }
  readonly redirectUri: string
  readonly scope: string
}): MyAnm {
  const { issuer, redirectUri, scope } = options
  const availability = watchAvailability()
  let known: Document | undefined
  let asking: Promise<Document> | undefined

  const discover = async (): Promise<Document> => {
    const configuration = await client.discovery(
      issuer,
      options.client.id,
      { [client.clockTolerance]: CLOCK_TOLERANCE },
      client.ClientSecretBasic(options.client.secret.reveal()),
      {
        timeout: PATIENCE,
        [client.customFetch]: watched(availability),
        execute: isLoopback(issuer) ? [client.allowInsecureRequests] : [],
      },
    )
    const keys = createRemoteJWKSet(new URL(String(configuration.serverMetadata().jwks_uri)), {
      timeoutDuration: PATIENCE * 1000,
      cooldownDuration: 5_000,
      cacheMaxAge: 600_000,
    })
    known = { configuration, keys, at: performance.now() }
    return known
  }

  const document = async (): Promise<Document> => {
    const old = known
    if (old && performance.now() - old.at < DOCUMENT_LIFE) return old
    asking ??= discover().finally(() => {
      asking = undefined
    })
    // An old document serves until a new one can be had.
    return old ? asking.catch(() => old) : asking
  }
  const configured = async () => (await document()).configuration

  /**
   * To be asked before somebody is sent to MyANM: a known address is not an address that answers, and the
   * browser’s own error page leads nowhere.
   */
  const present = async (): Promise<void> => {
    const document = `${issuer.href.replace(/\/$/, '')}/.well-known/openid-configuration`
    const response = await watched(availability)(document, {
      method: 'GET',
      headers: {},
      body: null,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE * 1000),
    })
    await response.body?.cancel()
    if (response.status >= 500) throw new Error('MyANM is there and cannot answer')
  }
  const reachable = async () => (await Promise.all([configured(), present()]))[0]

  return {
    issuer,
    clientId: options.client.id,
    isWorthAsking: availability.isWorthAsking,
    discovered: () => exchange(async () => void (await document())),
    signatory: () =>
      exchange(async () => {
        const { configuration, keys } = await document()
        return { issuer: configuration.serverMetadata().issuer, keys }
      }),

    authorizationUrl: (proof, more) =>
      exchange(async () =>
        client.buildAuthorizationUrl(await reachable(), {
          redirect_uri: redirectUri,
          scope,
          state: proof.state,
          nonce: proof.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(proof.codeVerifier),
          code_challenge_method: 'S256',
          ...more,
        }),
      ),

    redeem: (answer, proof) =>
      exchange(async () => {
        const response = await client.authorizationCodeGrant(await configured(), answer, {
          expectedState: proof.state,
          expectedNonce: proof.nonce,
          pkceCodeVerifier: proof.codeVerifier,
          idTokenExpected: true,
        })
        const { keys } = await document()
        await compactVerify(response.id_token ?? '', keys, { algorithms: SIGNATURES })
        return { ...grantedBy(response), ...identifiedBy(response.claims()) }
      }),

    refresh: (refreshToken) =>
      exchange(async () =>
        grantedBy(await client.refreshTokenGrant(await configured(), refreshToken)),
      ),

    claims: (accessToken, sub) =>
      exchange(async () => client.fetchUserInfo(await configured(), accessToken, sub)),

    read: (accessToken, path) =>
      exchange(async () => {
        const address = new URL(path, issuer)
        if (address.origin !== issuer.origin) throw new Error('The token is for MyANM only')
        return client.fetchProtectedResource(
          await configured(),
          accessToken,
          address,
          'GET',
          null,
          new Headers({ accept: 'application/json' }),
        )
      }),

    revoke: (token) => exchange(async () => client.tokenRevocation(await configured(), token)),

    endSessionUrl: (parameters) =>
      exchange(async () => client.buildEndSessionUrl(await reachable(), parameters)),
  }
}

function grantedBy(response: client.TokenEndpointResponse): Granted {
  return {
    tokens: {
      access: response.access_token,
      ...(response.refresh_token && { refresh: response.refresh_token }),
      ...(response.id_token && { id: response.id_token }),
    },
    expiresInSeconds: response.expires_in ?? 60,
  }
}

function identifiedBy(claims: client.IDToken | undefined): Omit<SignedIn, keyof Granted> {
  if (!claims) throw new Error('An answer without ID token')
  return {
    sub: claims.sub,
    ...(typeof claims['sid'] === 'string' && { sid: claims['sid'] }),
    issuedAt: claims.iat,
    authenticatedAt: claims.auth_time ?? claims.iat,
  }
}

/** Tells from every exchange whether MyANM is there. */
function watched(availability: Availability): client.CustomFetch {
  return async (address, options) => {
    try {
      const response = await fetch(address, options as RequestInit)
      if (response.status >= 500) availability.failed()
      else availability.succeeded()
      return response
    } catch (error) {
      availability.failed()
      throw error
    }
  }
}
