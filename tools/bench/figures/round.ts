import type { CpuSeconds } from '../sides/side.ts'

/** What one burst of load did and cost. Times in seconds. */
export interface Round {
  readonly operations: number
  readonly elapsed: number
  readonly provider: number | null
  readonly database: number | null
  /** The load’s own maker: it shares the cores with what it measures. */
  readonly generator: number
}

/** Does the work once and looks at the clocks before and after. */
export async function measure(
  side: { spent(): CpuSeconds },
  operations: number,
  work: () => Promise<unknown>,
): Promise<Round> {
  const before = { side: side.spent(), own: process.cpuUsage(), at: performance.now() }
  await work()
  const elapsed = (performance.now() - before.at) / 1000
  const own = process.cpuUsage(before.own)
  const after = side.spent()
  const between = (name: keyof CpuSeconds) => {
    const [first, last] = [before.side[name], after[name]]
    return first === null || last === null ? null : last - first
  }
  return {
    operations,
    elapsed,
    provider: between('provider'),
    database: between('database'),
    generator: (own.user + own.system) / 1e6,
  }
}
