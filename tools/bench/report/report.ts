import type { Figure } from '../figures/figure.ts'
import type { Machine } from './machine.ts'

/** What a run of the bench found: `--json` prints it as it is. */
export interface Report {
  readonly machine: Machine
  /** The name of the other side. */
  readonly against: string
  readonly figures: readonly Figure[]
  /** Figures that could not be measured, and why. */
  readonly faults: readonly string[]
  readonly seconds: number
}
