import { setTimeout as pause } from 'node:timers/promises'
import type { Db, Tx } from './connect.ts'
import { isDeadlock } from './violations.ts'

const MOST = 4

/** Milliseconds at most before the next try, by chance: who waited for each other do not meet again. */
const PAUSE = 40

/**
 * Does a transaction, and does it again when PostgreSQL ended it so that another could go on (yardsticks
 * F12): what it did is undone then, and nobody has heard of it.
 */
export function transact<Tables, Value>(
  db: Db<Tables>,
  work: (tx: Tx<Tables>) => Promise<Value>,
): Promise<Value> {
  return throughDeadlocks(() => db.transaction().execute(work))
}

/** The same for what is one statement, and so a transaction of its own. */
export async function throughDeadlocks<Value>(work: () => Promise<Value>): Promise<Value> {
  for (let left = MOST; ; left -= 1) {
    try {
      return await work()
    } catch (error) {
      if (left === 1 || !isDeadlock(error)) throw error
      await pause(Math.random() * PAUSE)
    }
  }
}
