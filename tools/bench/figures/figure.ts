import type { Spread } from './alternation.ts'

/** One line of the report: a measure, on both sides where there are two. */
export interface Figure {
  /** Of the yardsticks. */
  readonly code: string
  readonly what: string
  readonly unit: 'ms' | 'per s' | 'MB' | 'bytes' | 'statements' | 'answers'
  readonly ours: Spread | null
  readonly theirs: Spread | null
  /** What the other side is, when it is not the other provider. */
  readonly against?: string
  /** How we compare, pair by pair: 1 is as good as the other side, more is better. */
  readonly ratio: Spread | null
  readonly target: Target | null
}

export interface Target {
  /** As the yardsticks say it. */
  readonly words: string
  /** Null when it could not be measured. */
  readonly reached: boolean | null
}

export const atLeast = (limit: number, value: Spread | null): Target => ({
  words: `≥ ${Number.isInteger(limit * 10) ? limit.toFixed(1) : limit.toFixed(2)}`,
  reached: value && value.median >= limit,
})

export const atMost = (limit: number, unit: string, value: Spread | null): Target => ({
  words: `≤ ${limit} ${unit}`,
  reached: value && value.median <= limit,
})

export const exactly = (value: number): Spread => ({ median: value, least: value, most: value })
