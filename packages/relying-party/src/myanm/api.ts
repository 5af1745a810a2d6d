import type { JWTVerifyGetKey } from 'jose'
import type { Claims } from '../person.ts'
import type { Availability } from './availability.ts'

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
