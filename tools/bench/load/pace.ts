import { setTimeout as pause } from 'node:timers/promises'

/**
 * Sends at a steady rate whatever the answers do (an open load), in batches of a millisecond.
 * @returns the time of each answer since it was sent, in milliseconds, sorted
 */
export async function pace(
  load: { readonly perSecond: number; readonly seconds: number },
  act: (turn: number) => Promise<unknown>,
): Promise<readonly number[]> {
  const times: number[] = []
  const pending: Promise<void>[] = []
  const one = async (turn: number) => {
    const sent = performance.now()
    await act(turn)
    times.push(performance.now() - sent)
  }
  const began = performance.now()
  const total = Math.round(load.perSecond * load.seconds)
  while (pending.length < total) {
    const due = Math.min(total, ((performance.now() - began) / 1000) * load.perSecond)
    while (pending.length < due) pending.push(one(pending.length))
    await pause(1)
  }
  await Promise.all(pending)
  return times.sort((left, right) => left - right)
}

/** The value that a share (0 to 1) of the sorted values does not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
