import { percentile } from '../bench/load/pace.ts'

/** What a site made of the changes, in milliseconds; infinite where it never did. */
export interface Latency {
  readonly site: string
  readonly acknowledged: readonly number[]
  readonly seen: readonly number[]
}

/** Later than this is late, in milliseconds (7.5). */
export const LATE = 1_000

const SHARES = [0.5, 0.95, 0.99] as const

const sorted = (times: readonly number[]): number[] => times.toSorted((left, right) => left - right)

/** Medians and the slow end, as lines of a table. */
export function tableOf(latencies: readonly Latency[]): string {
  const cell = (times: readonly number[], share: number) => {
    const value = percentile(sorted(times), share)
    return (Number.isFinite(value) ? `${Math.round(value)} ms` : 'never').padStart(9)
  }
  const line = (name: string, cells: readonly string[]) => `${name.padEnd(16)}${cells.join('')}`
  const heads = SHARES.map((share) => `p${share * 100}`.padStart(9))
  const times = Math.max(0, ...latencies.map(({ seen }) => seen.length))
  return [
    line('', ['acknowledged'.padStart(27), 'seen on the page'.padStart(27)]),
    line('', [...heads, ...heads]),
    ...latencies.map(({ site, acknowledged, seen }) =>
      line(
        site,
        [acknowledged, seen].flatMap((of) => SHARES.map((share) => cell(of, share))),
      ),
    ),
    ...(times < 100 ? [`p99 of ${times} changes is the largest of them.`] : []),
    '',
  ].join('\n')
}

/** What is wrong, a sentence each; none when every change was in time everywhere. */
export function complaintsOf(latencies: readonly Latency[]): string[] {
  if (latencies.length === 0) return ['No site was watched.']
  return latencies.flatMap(({ site, acknowledged, seen }) => [
    ...complaint(acknowledged, `${site} did not acknowledge`, `${site} acknowledged`),
    ...complaint(seen, `${site} did not show`, `${site} showed`),
  ])
}

function complaint(times: readonly number[], never: string, late: string): string[] {
  const missing = times.filter((time) => !Number.isFinite(time)).length
  const slow = times.filter((time) => Number.isFinite(time) && time > LATE)
  const of = `of ${times.length} changes`
  return [
    ...(times.length === 0 ? [`${never} anything: nothing was measured.`] : []),
    ...(missing > 0 ? [`${never} ${missing} ${of} at all.`] : []),
    ...(slow.length > 0
      ? [
          `${late} ${slow.length} ${of} after more than ${LATE} ms, at worst ${Math.round(Math.max(...slow))} ms.`,
        ]
      : []),
  ]
}
