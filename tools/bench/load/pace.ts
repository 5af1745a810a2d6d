import { setTimeout as pause } from 'node:timers/promises'

/**
 * Sends at a steady rate whatever the answers do (an open load), in batches of a millisecond.
 * @returns for each second but the first, when connections are made: the times of the answers to what
 *   was sent in it, since it was sent, in milliseconds, sorted
 */
export async function pace(
  load: { readonly perSecond: number; readonly seconds: number },
  act: (turn: number) => Promise<unknown>,
): Promise<readonly (readonly number[])[]> {
  const seconds: number[][] = Array.from({ length: load.seconds }, () => [])
  const pending: Promise<void>[] = []
  const one = async (turn: number) => {
    const second = Math.floor(turn / load.perSecond)
    const sent = performance.now()
    await act(turn)
    seconds[second]?.push(performance.now() - sent)
  }
  const began = performance.now()
  const total = Math.floor(load.perSecond * load.seconds)
  while (pending.length < total) {
    const due = Math.min(total, ((performance.now() - began) / 1000) * load.perSecond)
    while (pending.length < due) pending.push(one(pending.length))
    await pause(1)
  }
  await Promise.all(pending)
  return seconds.slice(1).map((times) => times.sort((left, right) => left - right))
}

/** The value that a share (0 to 1) of the sorted values does not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
