import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Home } from './home.ts'
import { postmasterOf } from './postmaster.ts'
import { type Durability, launch } from './server.ts'

const recoveriesPerMinute = 5

/** What happens to a server out of the ordinary; its own log tells why. */
export type LocalPostgresEvent = 'orphan-stopped' | 'restarting' | 'given-up'

export type Upkeep = {
  readonly port: number
  readonly durability: Durability
  readonly log: (event: LocalPostgresEvent) => void
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
      log('given-up')
      return
    }
    log('restarting')
    try {
      end = (await launch(home, upkeep)).exited
    } catch {
      // What still holds the data or the port may let go: the next round tries again.
      end = Promise.resolve()
    }
  }
}
