const MINUTE = 60_000

/** Rights older than this are read again from MyANM before they are used (7.5), in milliseconds. */
export const RIGHTS_HOLD = MINUTE

/** A site may be left alone this long (4.3.5). */
const IDLE = 30 * MINUTE
/** And used this long after the password was given. */
const ABSOLUTE = 12 * 60 * MINUTE
/** The slide is written at most this often. */
const SLIDE_STEP = MINUTE

/**
 * When a session ends whatever happens: 12 h after MyANM asked for the password. When MyANM vouches
 * for a person whose password is older still, it is because they ticked « Rester connecté » there: the
 * 12 h then run from now, and MyANM says by back-channel when its own session ends (ASVS 7.6.1).
 */
export function endOf(authenticatedAt: Date, now: Date): Date {
  const end = authenticatedAt.getTime() + ABSOLUTE
  return new Date(end > now.getTime() ? end : now.getTime() + ABSOLUTE)
}

/** When a session ends if it is left alone from now on. */
export function expiryOf(endsAt: Date, now: Date): Date {
  return new Date(Math.min(now.getTime() + IDLE, endsAt.getTime()))
}

/** Whether the slide is worth a write. */
export function hasSlid(written: Date, current: Date): boolean {
  return current.getTime() - written.getTime() >= SLIDE_STEP
}

export function areRightsOld(checkedAt: Date, now: Date): boolean {
  return now.getTime() - checkedAt.getTime() >= RIGHTS_HOLD
}
