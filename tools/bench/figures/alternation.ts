import type { Round } from './round.ts'

/** Rounds of both sides, each pair one right after the other. */
export interface Alternation {
  readonly ours: readonly Round[]
  readonly theirs: readonly Round[]
}

/**
 * Gives the two sides their turns, the first of each pair changing (AB BA AB…), so that what the machine
 * does besides weighs on both alike.
 */
export async function alternate(
  pairs: number,
  turns: { readonly ours: () => Promise<Round>; readonly theirs: () => Promise<Round> },
): Promise<Alternation> {
  const ours: Round[] = []
  const theirs: Round[] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    if (pair % 2 === 0) ours.push(await turns.ours())
    theirs.push(await turns.theirs())
    if (pair % 2 === 1) ours.push(await turns.ours())
  }
  return { ours, theirs }
}

/** A middle value and how far the others lie. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Null when one of the values is unknown. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[]
  if (known.length !== values.length || known.length === 0) return null
  const sorted = known.toSorted((left, right) => left - right)
  const middle = (sorted.length - 1) / 2
  const low = sorted[Math.floor(middle)] ?? Number.NaN
  const high = sorted[Math.ceil(middle)] ?? Number.NaN
  return {
    median: (low + high) / 2,
    least: sorted[0] ?? Number.NaN,
    most: sorted.at(-1) ?? Number.NaN,
  }
}

/** One value per pair: ours and theirs of the same moment. */
export function spreadOfPairs(
  { ours, theirs }: Alternation,
  value: (ours: Round, theirs: Round) => number | null,
): Spread | null {
  return spreadOf(
    ours.map((round, pair) => {
      const other = theirs[pair]
      return other === undefined ? null : value(round, other)
    }),
  )
}

/** Processor time of the provider per operation, in milliseconds. */
export const cpuPerOperation = ({ provider, operations }: Round): number | null =>
  provider === null ? null : (provider * 1000) / operations

export const databasePerOperation = ({ database, operations }: Round): number | null =>
  database === null ? null : (database * 1000) / operations

export const perSecond = ({ operations, elapsed }: Round): number => operations / elapsed

/** How many times what we spend the other side spends: 1 or more is the target. */
export function cpuRatio(ours: Round, theirs: Round): number | null {
  const [own, other] = [cpuPerOperation(ours), cpuPerOperation(theirs)]
  return own === null || other === null ? null : other / own
}
