const NARROW_SPACE = '\u202f'
const NO_BREAK_SPACE = '\u00a0'

/** Largest amount read, in cents: more is a slip of the finger. */
const MOST = 100_000_000

/**
 * Reads `1 234,50 €` as people type it: spaces or dots between thousands, comma or dot before cents.
 * @returns euro cents, or null for what is no amount above zero
 */
export function parseAmount(typed: string): number | null {
  const bare = typed.replaceAll(/[\s\u00a0\u202f'’]/g, '').replace(/(€|eur|euros?)$/i, '')
  const parts = /^(\d{1,3}(?:\.\d{3})+|\d{1,9})(?:[.,](\d{1,2}))?$/.exec(bare)
  if (!parts) return null
  const [, euros = '', fraction = ''] = parts
  const cents = Number(euros.replaceAll('.', '')) * 100 + Number(fraction.padEnd(2, '0'))
  return cents > 0 && cents <= MOST ? cents : null
}

/** `2 730`, or `1 234,50` where there are cents (4.6); without the unit. */
export function formatAmount(cents: number): string {
  const euros = String(Math.trunc(cents / 100)).replaceAll(/\B(?=(\d{3})+$)/g, NARROW_SPACE)
  const fraction = cents % 100
  return fraction === 0 ? euros : `${euros},${String(fraction).padStart(2, '0')}`
}

/** `2 730 – 4 120 €`, or the one end that is known. */
export function formatRange(min: number | null, max: number | null): string | null {
  const ends = [min, max].filter((end) => end !== null)
  if (ends.length === 0) return null
  const amounts = [...new Set(ends)].map(formatAmount)
  return `${amounts.join(`${NO_BREAK_SPACE}– `)}${NO_BREAK_SPACE}€`
}
