/** How long MyANM is left alone after it failed to answer, in milliseconds. */
const REST = 5_000
/** How long one request may find out whether it is back, while the others still do without. */
const TRIAL = 2_500

export interface Availability {
  /** Whether it is worth asking MyANM something one could do without. */
  isWorthAsking(): boolean
  succeeded(): void
  failed(): void
}

/**
 * Remembers that MyANM is away, so that pages that can do without it do not each wait to find out. When
 * the rest is over, one request tries.
 * @param now milliseconds of a clock that never jumps
 */
export function watchAvailability(now: () => number = () => performance.now()): Availability {
  let awayUntil = Number.NEGATIVE_INFINITY
  let isAway = false

  return {
    isWorthAsking() {
      if (!isAway) return true
      if (now() < awayUntil) return false
      awayUntil = now() + TRIAL
      return true
    },
    succeeded() {
      isAway = false
    },
    failed() {
      isAway = true
      awayUntil = now() + REST
    },
  }
}
