import type { JWTPayload } from 'jose'
import { type Expected, type Fault, isObject, isText, readToken } from '../myanm/token.ts'

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type'
const TOKEN_CLAIMS_CHANGE = `${CAEP}/token-claims-change`
const SESSION_REVOKED = `${CAEP}/session-revoked`

/** MyANM signs anew at each try: an older token is a copy somebody kept, in seconds. */
const LONGEST_WAY = 10 * 60

interface Told {
  readonly jti: string
  /** When it happened: a sign-in begun since is none of its business. */
  readonly at: Date
}

/** What MyANM tells a site. */
export type SecurityEvent =
  | (Told & { readonly kind: 'rights-changed'; readonly sub: string })
  | (Told & { readonly kind: 'session-revoked'; readonly sub: string; readonly sid: string | null })
  /** Well signed, and about something this kit does not know: heard, and nothing to do. */
  | (Told & { readonly kind: 'other' })

/** Codes of RFC 8935 §2.4. */
export type Refusal =
  | 'invalid_request'
  | 'invalid_key'
  | 'invalid_issuer'
  | 'invalid_audience'
  | 'authentication_failed'

export type ReadEvent = { readonly event: SecurityEvent } | { readonly refusal: Refusal }

/**
 * Validates a security event token (RFC 8417 §2, OpenID CAEP 1.0) that MyANM pushes to this site.
 *
 * @throws the network's error when the keys cannot be had
 */
export async function readEventToken(token: string, expected: Expected): Promise<ReadEvent> {
  const read = await readToken(token, expected, {
    type: 'secevent+jwt',
    requiredClaims: ['iat', 'jti', 'events', 'sub_id'],
    maxAge: LONGEST_WAY,
  })
  if ('fault' in read) return { refusal: refusalOf(read.fault) }
  const event = eventFrom(read.payload, expected.by.issuer)
  return event ? { event } : { refusal: 'invalid_request' }
}

/** In the words of RFC 8935, so that MyANM knows whether telling it again may help. */
function refusalOf({ code, claim }: Fault): Refusal {
  switch (code) {
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
    case 'ERR_JWKS_NO_MATCHING_KEY':
    case 'ERR_JWKS_MULTIPLE_MATCHING_KEYS':
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
      return 'invalid_key'
    // Two clocks that do not agree: mended, the same event is taken.
    case 'ERR_JWT_EXPIRED':
      return 'authentication_failed'
    default:
      if (claim === 'iss') return 'invalid_issuer'
      if (claim === 'aud') return 'invalid_audience'
      return claim === 'iat' ? 'authentication_failed' : 'invalid_request'
  }
}

function eventFrom(payload: JWTPayload, issuer: string): SecurityEvent | undefined {
  const { jti, iat, events } = payload
  if (!isText(jti) || iat === undefined || !isObject(events)) return undefined
  // One event in each token, as MyANM makes them: two would be one that is only half applied.
  const [type, ...others] = Object.keys(events)
  const details = type === undefined ? undefined : events[type]
  if (!isObject(details) || others.length > 0) return undefined
  const subject = payload['sub_id']
  const told = { jti, at: momentOf(details, iat) }
  if (type === TOKEN_CLAIMS_CHANGE) {
    const sub = personIn(subject, issuer)
    return sub === undefined ? undefined : { ...told, kind: 'rights-changed', sub }
  }
  if (type === SESSION_REVOKED) return revocation(told, subject, issuer)
  return { ...told, kind: 'other' }
}

function revocation(told: Told, subject: unknown, issuer: string): SecurityEvent | undefined {
  if (!isObject(subject)) return undefined
  const { format, user, session } = subject
  const isComplex = format === 'complex'
  const sub = personIn(isComplex ? user : subject, issuer)
  if (sub === undefined) return undefined
  if (!isComplex || session === undefined) {
    return { ...told, kind: 'session-revoked', sub, sid: null }
  }
  if (!isObject(session)) return undefined
  const { format: kind, id } = session
  return kind === 'opaque' && isText(id)
    ? { ...told, kind: 'session-revoked', sub, sid: id }
    : undefined
}

/** The person of a subject identifier (RFC 9493 §3.2.3), as MyANM calls them at this site. */
function personIn(subject: unknown, issuer: string): string | undefined {
  if (!isObject(subject)) return undefined
  const { format, iss, sub } = subject
  return format === 'iss_sub' && iss === issuer && isText(sub) ? sub : undefined
}

/** When it happened, never later than it was told; when it was told where that is not said. */
function momentOf(details: Readonly<Record<string, unknown>>, iat: number): Date {
  const { event_timestamp: moment } = details
  const isMoment = typeof moment === 'number' && Number.isFinite(moment) && moment > 0
  return new Date((isMoment ? Math.min(moment, iat) : iat) * 1000)
}
