import type { Side } from '../sides/side.ts'
import {
  type Alternation,
  cpuPerOperation,
  cpuRatio,
  databasePerOperation,
  perSecond,
  spreadOf,
  spreadOfPairs,
} from './alternation.ts'
import { atLeast, type Figure } from './figure.ts'

/** MyANM, and who it is held against. */
export interface Sides {
  readonly ours: Side
  readonly theirs: Side
  /** Whether the yardsticks set a target against this other side. */
  readonly isYardstick: boolean
}

/** The lines P2, P3 and P4 have in common: what an operation costs each, and how many there are. */
export function compare(
  { isYardstick }: Sides,
  of: { readonly code: string; readonly what: string; readonly rounds: Alternation },
): Figure[] {
  const { code, what, rounds } = of
  const each = (value: Parameters<typeof spread>[1]) => ({
    ours: spread(rounds.ours, value),
    theirs: spread(rounds.theirs, value),
  })
  const ratio = spreadOfPairs(rounds, cpuRatio)
  const rates = spreadOfPairs(rounds, (ours, theirs) => perSecond(ours) / perSecond(theirs))
  const lines: Figure[] = [
    {
      code,
      what: `${what}: CPU of the provider`,
      unit: 'ms',
      ...each(cpuPerOperation),
      ratio,
      target: isYardstick ? atLeast(1, ratio) : null,
    },
    { code, what: 'rate', unit: 'per s', ...each(perSecond), ratio: rates, target: null },
    {
      code,
      what: 'CPU of PostgreSQL beside',
      unit: 'ms',
      ...each(databasePerOperation),
      ratio: null,
      target: null,
    },
  ]
  return lines.filter(({ ours, theirs }) => ours ?? theirs)
}

function spread(
  rounds: Alternation['ours'],
  value: (round: Alternation['ours'][number]) => number | null,
) {
  return spreadOf(rounds.map(value))
}
