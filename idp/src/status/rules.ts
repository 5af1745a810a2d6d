/**
 * What is published of how long a change of rights takes to hold at each site (ahead 1): figures of all
 * changes, with nobody in them.
 */

/** So many changes that were acknowledged within so long, in milliseconds; null: that were not. */
export interface Step {
  readonly within: number | null
  readonly count: number
}

/** In milliseconds; null where the site has not answered. Of no change at all there is none. */
export interface Measure {
  readonly changes: number
  readonly unanswered: number
  readonly half: number | null
  readonly of95: number | null
  readonly of99: number | null
}

/**
 * Half of the changes, 95 and 99 in 100 of them held within so long. What was not acknowledged counts as
 * slower than anything: a site that is away is never fast.
 */
export function measureOf(steps: readonly Step[]): Measure | null {
  const counted = steps.filter(({ count }) => count > 0)
  const changes = counted.reduce((sum, { count }) => sum + count, 0)
  if (changes === 0) return null
  const inOrder = counted.toSorted(
    (left, right) =>
      (left.within ?? Number.POSITIVE_INFINITY) - (right.within ?? Number.POSITIVE_INFINITY),
  )
  const within = (percent: number): number | null => {
    const wanted = Math.ceil((changes * percent) / 100)
    let reached = 0
    for (const { within, count } of inOrder) {
      reached += count
      if (reached >= wanted) return within
    }
    return null
  }
  return {
    changes,
    unanswered: counted.find((step) => step.within === null)?.count ?? 0,
    half: within(50),
    of95: within(95),
    of99: within(99),
  }
}

/** A change that waits for longer than this makes its site late, in milliseconds. */
export const LATE = 3_000

export function isLate(waitingSince: Date | null, now: Date): boolean {
  return waitingSince !== null && now.getTime() - waitingSince.getTime() > LATE
}

/** The canary has missed a night, and half of the next: nobody looks after it. In milliseconds. */
const MISSED = 36 * 60 * 60_000

export function isMissed(flownAt: Date | null, now: Date): boolean {
  return flownAt === null || now.getTime() - flownAt.getTime() > MISSED
}

/** A time as it is said, with its unit: never shorter than it is. */
export interface Said {
  readonly count: number
  readonly unit: 'tenth' | 'second' | 'minute' | 'hour' | 'day'
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** `240` → 3 tenths of a second; `4200` → 5 seconds. */
export function sayTime(milliseconds: number): Said {
  if (milliseconds <= 1_000) {
    return { count: Math.max(1, Math.ceil(milliseconds / 100)), unit: 'tenth' }
  }
  for (const [unit, length] of UNITS) {
    if (milliseconds >= 2 * length) return { count: Math.ceil(milliseconds / length), unit }
  }
  return { count: 2, unit: 'second' }
}
