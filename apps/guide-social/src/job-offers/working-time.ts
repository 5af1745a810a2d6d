/** Longest week read, in minutes. */
const MOST = 50 * 60

/**
 * Reads a number of hours a week: `19`, `19 h`, `22h48`, `22,8`.
 * @returns minutes, or null for what is no working week
 */
export function parseWeek(typed: string): number | null {
  const bare = typed
    .trim()
    .toLowerCase()
    .replace(/\s*(\/\s*semaine|par semaine)$/, '')
  const clock = /^(\d{1,2})\s*h(?:eures?)?\s*(\d{2})?(?:\s*min)?$/.exec(bare)
  const decimal = /^(\d{1,2})(?:[.,](\d{1,2}))?(?:\s*h(?:eures?)?)?$/.exec(bare)
  const minutes = clock
    ? Number(clock[1]) * 60 + minutesOfHour(clock[2] ?? '0')
    : decimal
      ? Math.round(Number(`${decimal[1]}.${decimal[2] ?? '0'}`) * 60)
      : Number.NaN
  return minutes > 0 && minutes <= MOST ? minutes : null
}

function minutesOfHour(digits: string): number {
  const minutes = Number(digits)
  return minutes < 60 ? minutes : Number.NaN
}

/** `19 h`, `22 h 48`. */
export function formatWeek(minutes: number): string {
  const hours = Math.trunc(minutes / 60)
  const rest = minutes % 60
  return rest === 0 ? `${hours}\u00a0h` : `${hours}\u00a0h\u00a0${String(rest).padStart(2, '0')}`
}
