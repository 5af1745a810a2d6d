const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Lifetimes in seconds (specification 4.3.5, 7.5; RFC 9700 for codes). */
export const LIFETIMES = {
  AccessToken: 10 * MINUTE,
  AuthorizationCode: MINUTE,
  ClientCredentials: 10 * MINUTE,
  Grant: 31 * DAY,
  IdToken: 10 * MINUTE,
  Interaction: HOUR,
  PushedAuthorizationRequest: MINUTE,
} as const

const IDLE = 30 * MINUTE
const ABSOLUTE = 12 * HOUR
const REMEMBERED = 30 * DAY

/** What the lifetime of a session depends on; `loginTs` in seconds since the epoch. */
export interface SessionAge {
  readonly loginTs?: number | undefined
  /** Whether it ends with the browser: « Rester connecté » was not asked for. */
  readonly transient?: boolean | undefined
}

/**
 * How long a session may still stay without a sign of life: 30 minutes, and never past 12 hours after
 * the password; 30 days when the person asked to stay signed in. At least one second, since the engine
 * takes no zero.
 */
export function sessionLifetime(session: SessionAge, now: number): number {
  if (session.loginTs === undefined) return HOUR
  const left = session.loginTs + longest(session) - now
  return Math.max(1, session.transient ? Math.min(IDLE, left) : left)
}

const longest = (session: SessionAge): number => (session.transient ? ABSOLUTE : REMEMBERED)

/**
 * When a session last showed a sign of life, read back from its end; null when its end does not depend
 * on one. In seconds since the epoch.
 */
export function lastSign(session: SessionAge, end: number): number | null {
  const { loginTs, transient } = session
  if (!transient || loginTs === undefined || end >= loginTs + ABSOLUTE) return null
  return Math.max(loginTs, end - IDLE)
}

/**
 * How long a refresh token may wait: it never outlives what the sign-in allows, however often it is
 * rotated (ASVS 10.4.8). `authTime` in seconds since the epoch.
 */
export function refreshLifetime(authTime: number | undefined, now: number): number {
  return Math.max(1, REMEMBERED - (authTime === undefined ? 0 : now - authTime))
}

/**
 * The moment nothing lives past, in seconds since the epoch: of a session, of a refresh token. The
 * engine takes no lifetime under a second, and whoever asks every second would so live for ever.
 */
export function lastMoment(kind: string, payload: Readonly<Record<string, unknown>>): number {
  const { loginTs, authTime, transient } = payload
  if (kind === 'Session' && typeof loginTs === 'number') {
    return loginTs + longest({ transient: transient === true })
  }
  if (kind === 'RefreshToken' && typeof authTime === 'number') return authTime + REMEMBERED
  return Number.POSITIVE_INFINITY
}
