/**
 * How changes of rights reach the sites (specification 7.5, ahead 1): what a site is told, what its
 * answer means, and how long one waits before it is tried again.
 */

/**
 * A process that falls silent while it delivers to a site is taken for dead after this long, in
 * milliseconds; one that ends is known to have ended at once.
 */
export const LEASE = 5_000

/** Longest a site is waited for, in milliseconds: it only has to note that something has changed. */
export const PATIENCE = 2_000

/** So many people are told of at once, at one site. */
export const AT_ONCE = 8

/**
 * How many deliveries are looked at together; fewer of a site that may still be away. `own`: of those
 * who have a change of their own. `inTurn`: the oldest, of whomever; so few that a change made meanwhile
 * does not wait long for the next look.
 */
export const BATCH = {
  usual: { own: 160, inTurn: 40 },
  probing: { own: AT_ONCE / 2, inTurn: AT_ONCE / 2 },
} as const

/** A change is overdue at a site after so many tries, or so many seconds: then it is shown to the team. */
export const OVERDUE = { tries: 3, seconds: 30 } as const

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

/**
 * Refusals of this one event that no repetition heals (RFC 8935 §2.4). The others are of keys, clocks and
 * who we are to each other: they are the same for every event, and healed by the next deployment.
 */
const FINAL = new Set(['invalid_request', 'access_denied'])
const OF_THE_SITE = new Set([
  'invalid_key',
  'invalid_issuer',
  'invalid_audience',
  'authentication_failed',
])

/** A site that has read this very event, and broke at it. Any other answer would be given to any event. */
const BROKE = new Set([400, 409, 413, 422, 500])

/** Reads the answer of a site (RFC 8935 §2.2 and §2.3). */
export function verdictOf(answer: { readonly status: number; readonly text: string }): Verdict {
  const { status, text } = answer
  if (status === 202) return { is: 'acknowledged' }
  const code = status === 400 ? refusalIn(text) : undefined
  if (code === undefined) {
    const at = BROKE.has(status) ? 'event' : 'site'
    return { is: 'failed', at, reason: `answered ${status}` }
  }
  if (FINAL.has(code)) return { is: 'refused', reason: code }
  return { is: 'failed', at: OF_THE_SITE.has(code) ? 'site' : 'event', reason: code }
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

/** « depuis 12 s », « depuis 3 h ». */
export interface Elapsed {
  readonly count: number
  readonly unit: 'second' | 'minute' | 'hour' | 'day'
}

/** How long something has lasted, in the largest unit of which there are two. */
export function elapsed(milliseconds: number): Elapsed {
  const seconds = Math.max(0, Math.floor(milliseconds / SECOND))
  if (seconds < 2 * 60) return { count: seconds, unit: 'second' }
  if (seconds < 2 * 3600) return { count: Math.floor(seconds / 60), unit: 'minute' }
  if (seconds < 2 * 86_400) return { count: Math.floor(seconds / 3600), unit: 'hour' }
  return { count: Math.floor(seconds / 86_400), unit: 'day' }
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
