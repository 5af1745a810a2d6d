import type { Size } from './sides/growth.ts'

/** How much is done for each figure. */
export interface Effort {
  /** Pairs of rounds, one of each side. */
  readonly pairs: number
  /**
   * Operations before anything is measured, for the first figure of a kind: the just-in-time compiler
   * goes on getting better for thousands of them, and a server lives for millions.
   */
  readonly warmUp: number
  /** People signed in at the start of each round. */
  readonly people: number
  /** Requests in flight. */
  readonly members: number
  readonly signIns: { readonly pairs: number; readonly times: number; readonly members: number }
  readonly flows: number
  readonly introspections: number
  readonly refreshes: number
  /** Seconds of steady load for the percentiles; the first one does not count. */
  readonly steady: number
  readonly starts: number
  /** Times MyANM is killed between a change of rights and its delivery. */
  readonly kills: number
  /** Pages of one kind in a round. */
  readonly pages: number
  /** What a database grows to. */
  readonly grown: Size
}

export const whole: Effort = {
  pairs: 7,
  warmUp: 6000,
  people: 32,
  members: 16,
  signIns: { pairs: 3, times: 120, members: 8 },
  flows: 400,
  introspections: 3000,
  refreshes: 800,
  steady: 8,
  starts: 5,
  kills: 1000,
  pages: 400,
  grown: {
    accounts: 1_000_000,
    organisations: 50_000,
    ofOne: 2000,
    members: 10_000,
    expired: 1_000_000,
  },
}

/** For a habit: a direction in half a minute, not a verdict. */
export const quick: Effort = {
  ...whole,
  pairs: 3,
  warmUp: 1000,
  people: 16,
  signIns: { pairs: 1, times: 60, members: 8 },
  flows: 250,
  introspections: 1500,
  refreshes: 400,
  steady: 4,
  starts: 3,
  kills: 6,
  pages: 150,
  grown: { ...whole.grown, accounts: 100_000, expired: 100_000 },
}
