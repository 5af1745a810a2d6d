/**
 * How changes of rights reach the sites (specification 7.5, ahead 1): what a site is told, what its
 * answer means, and how long one waits before it is tried again.
 */

/** A process that dies while it delivers to a site is taken for dead after this long, in milliseconds. */
export const LEASE = 5_000

/** Longest a site is waited for, in milliseconds: it only has to note that something has changed. */
export const PATIENCE = 2_000

/** So many people are told of at once, at one site. */
export const AT_ONCE = 8

/** How many deliveries are looked at together; fewer of a site that may still be away. */
export const BATCH = { usual: 200, probing: AT_ONCE } as const

/** What a site never acknowledged is given up after this long, in days. */
export const GIVEN_UP_AFTER = 7

const SECOND = 1_000

/** 1, 2, 4, 8, 16 seconds, then every 30: a site that is back is found back soon. In milliseconds. */
export function pauseAfter(tries: number): number {
  return Math.min(30 * SECOND, 2 ** Math.min(10, Math.max(0, tries - 1)) * SECOND)
}

/** What an answer, or none, means for what was told. */
export type Verdict =
  | { readonly is: 'acknowledged' }
  /** It would be refused again. */
  | { readonly is: 'refused'; readonly reason: string }
  /** Tried again: nothing gets through to this site, or this one thing does not. */
  | { readonly is: 'failed'; readonly at: 'site' | 'event'; readonly reason: string }

/** RFC 8935 §2.4: refusals that no repetition heals. The others are of keys and of who we are. */
const FINAL = new Set(['invalid_request', 'invalid_issuer', 'invalid_audience', 'access_denied'])

/** Of these a site says that it is not there, or not now. */
const AWAY = new Set([408, 429, 502, 503, 504])

/** Reads the answer of a site (RFC 8935 §2.2 and §2.3). */
export function verdictOf(answer: { readonly status: number; readonly text: string }): Verdict {
  const { status, text } = answer
  if (status === 202) return { is: 'acknowledged' }
  const reason = `answered ${status}`
  if (status !== 400) return { is: 'failed', at: AWAY.has(status) ? 'site' : 'event', reason }
  const code = refusalIn(text)
  if (code === undefined) return { is: 'failed', at: 'event', reason }
  return FINAL.has(code)
    ? { is: 'refused', reason: code }
    : { is: 'failed', at: 'event', reason: code }
}

/** The error code of a refusal; its description is for the site's own people. */
function refusalIn(text: string): string | undefined {
  try {
    const { err } = JSON.parse(text) as { err?: unknown }
    return typeof err === 'string' && /^[\w-]{1,60}$/.test(err) ? err : undefined
  } catch {
    return undefined
  }
}

/** Something a site is to be told. */
export interface News {
  readonly kind: 'rights-changed' | 'sessions-ended'
  /** As the site’s sector knows the person (D6). */
  readonly subject: string
  readonly issuer: string
  /** What an ended session is called at that site. */
  readonly sid: string | null
  readonly rightsVersion: number
  readonly at: Date
}

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type'
export const TOKEN_CLAIMS_CHANGE = `${CAEP}/token-claims-change`
export const SESSION_REVOKED = `${CAEP}/session-revoked`

/**
 * The claims of the token (OpenID CAEP 1.0 §3.1 and §3.2, subjects after RFC 9493 §3). That something
 * has changed, and for whom: no role, no organisation, no name. A site that wants to know more asks,
 * with a token of that person; who only listens learns nothing (X2).
 */
export function claimsOf(news: News) {
  const { subject, issuer, sid, rightsVersion } = news
  const person = { format: 'iss_sub', iss: issuer, sub: subject }
  const moment = { event_timestamp: Math.floor(news.at.getTime() / 1000) }
  if (news.kind === 'rights-changed') {
    const claims = { rights_version: rightsVersion }
    return { sub_id: person, events: { [TOKEN_CLAIMS_CHANGE]: { ...moment, claims } } }
  }
  const session = sid === null ? {} : { session: { format: 'opaque', id: sid } }
  return {
    sub_id: { format: 'complex', user: person, ...session },
    events: { [SESSION_REVOKED]: moment },
  }
}
