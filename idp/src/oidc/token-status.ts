import type { Policies } from '#clients'
import { heldBy, organisationOf } from './acting-context.ts'
import type { Found, Payload } from './artefacts.ts'
import { claimsFor } from './claims.ts'
import { mayIntrospect } from './introspection.ts'
import { lastMoment } from './lifetimes.ts'
import type { SubjectOf } from './subject.ts'

/** What one asks about a token, and what is known of it at this moment. */
export interface Inquiry {
  readonly found: Found
  readonly asking: string
  readonly policies: Policies
  readonly issuer: string
  readonly subjectOf: SubjectOf
  readonly sectorOf: (client: string) => string | undefined
  /** Seconds since the epoch. */
  readonly now: number
}

export type Status =
  | { readonly active: true; readonly [claim: string]: unknown }
  | { readonly active: false; readonly refused?: boolean }

const INACTIVE: Status = { active: false }
const KINDS = new Set(['AccessToken', 'RefreshToken', 'ClientCredentials'])

/**
 * What may be said about a token (RFC 7662 §2.2), from what holds now: a token whose person, session,
 * grant, membership or organisation has ended is not active, and neither is somebody else's.
 */
export function statusOf(inquiry: Inquiry): Status {
  const { found, asking, policies, now } = inquiry
  const { kind, payload } = found
  const token = fieldsOf(payload)
  const end = Math.min(found.exp, lastMoment(kind, payload))
  if (!KINDS.has(kind) || found.consumed !== null || end <= now) return INACTIVE
  if (!isGranted(found, now) || !isInSession(found, now)) return INACTIVE
  const { clientId, aud } = token
  if (!mayIntrospect(policies, asking, { kind, clientId, aud })) {
    return { active: false, refused: true }
  }
  const rights = rightsOf(inquiry)
  if (!rights) return INACTIVE
  const { sid, ...described } = describe(inquiry, end)
  return { ...rights, active: true, ...described, ...(knowsSession(inquiry) && { sid }) }
}

/**
 * What a session is called at a site is for its sector alone: two others that ask about one person's
 * tokens could match them by it (D6, M67).
 */
function knowsSession({ found, asking, sectorOf }: Inquiry): boolean {
  return sectorOf(asking) === sectorOf(fieldsOf(found.payload).clientId ?? '')
}

/** A token lives with its grant, at the same client and for the same person. */
function isGranted({ payload, grant }: Found, now: number): boolean {
  if (payload['grantId'] === undefined) return true
  return (
    grant !== null &&
    grant.exp > now &&
    grant.payload['clientId'] === payload['clientId'] &&
    grant.payload['accountId'] === payload['accountId']
  )
}

/** A token bound to a session ends with it, and when the session took another grant at that client. */
function isInSession({ payload, session }: Found, now: number): boolean {
  if (payload['expiresWithSession'] !== true) return true
  if (!session || Math.min(session.exp, lastMoment('Session', session.payload)) <= now) return false
  const held = session.payload['authorizations'] as Record<string, Payload> | undefined
  return (
    session.payload['accountId'] === payload['accountId'] &&
    held?.[String(payload['clientId'])]?.['grantId'] === payload['grantId']
  )
}

/** The person's rights now; null when there are none left; empty for a token of nobody. */
function rightsOf({ found, asking, subjectOf, sectorOf }: Inquiry): Payload | null {
  const { accountId, grantId, clientId, scope } = fieldsOf(found.payload)
  if (accountId === undefined) return {}
  const standing = found.standing && heldBy(grantId, found.standing)
  if (standing?.account.state !== 'active') return null
  if (organisationOf(grantId) !== null && standing.organisation === null) return null
  const client = clientId ?? ''
  const scopes = new Set(scope?.split(' '))
  return {
    // As who asks knows them, not as the site of the token does (7.1).
    sub: subjectOf(accountId, sectorOf(asking) ?? ''),
    ...claimsFor({ standing, use: 'introspection', scopes, client }),
  }
}

function describe({ found, issuer }: Inquiry, end: number): Payload {
  const { clientId, iat, sid, aud, scope, jkt } = fieldsOf(found.payload)
  return {
    client_id: clientId,
    exp: Math.floor(end),
    iat,
    sid,
    iss: issuer,
    aud,
    scope: scope || undefined,
    ...(jkt && { cnf: { jkt } }),
    ...(found.kind !== 'RefreshToken' && { token_type: jkt ? 'DPoP' : 'Bearer' }),
  }
}

interface TokenFields {
  readonly accountId?: string
  readonly grantId?: string
  readonly clientId?: string
  readonly scope?: string
  readonly aud?: string
  readonly iat?: number
  readonly sid?: string
  readonly jkt?: string
}

/** The engine wrote it and gives it back: its own words are believed. */
const fieldsOf = (payload: Payload): TokenFields => payload
