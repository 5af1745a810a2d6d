import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Home } from './home.ts'
import { postmasterOf } from './postmaster.ts'
import { type Durability, launch } from './server.ts'

const recoveriesPerMinute = 5

export type Upkeep = {
  readonly port: number
  readonly durability: Durability
  readonly log: (sentence: string) => void
  /** Ends the upkeep, not the server. */
  readonly signal: AbortSignal
}

/**
 * Launches the server and brings it back on the same port whenever it ends, until `signal`. Resolves once it is
 * first up; `attended` resolves when nobody looks after it any more.
 */
export async function keepUp(
  home: Home,
  upkeep: Upkeep,
): Promise<{ readonly attended: Promise<void> }> {
  const { exited } = await launch(home, upkeep)
  return { attended: attend(home, upkeep, exited) }
}

async function attend(home: Home, upkeep: Upkeep, firstEnd: Promise<void>): Promise<void> {
  const { log, signal } = upkeep
  const called = once(signal, 'abort')
  const rest = (ms: number) => Promise.race([pause(ms, undefined, { ref: false }), called])
  const untilGone = async () => {
    while (!signal.aborted && (await postmasterOf(home.data))) await rest(500)
  }
  const recoveries: number[] = []
  let end = firstEnd
  for (;;) {
    await Promise.race([end, called])
    // Somebody may be restarting it with pg_ctl: theirs goes first, and is looked after like ours.
    if (!signal.aborted) await rest(1_000)
    if (signal.aborted) return
    if (await postmasterOf(home.data)) {
      end = untilGone()
      continue
    }
    const now = performance.now()
    recoveries.push(now)
    if (recoveries.filter((then) => now - then < 60_000).length > recoveriesPerMinute) {
      log('PostgreSQL keeps dying and is left down')
      return
    }
    log('PostgreSQL died and is being started again')
    try {
      end = (await launch(home, upkeep)).exited
    } catch (error) {
      // What still holds the data or the port may let go: the next round tries again.
      log(String(error))
      end = Promise.resolve()
    }
  }
}
