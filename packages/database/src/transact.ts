import type { Db, Tx } from './connect.ts'
import { isDeadlock } from './violations.ts'

const MOST = 4

/**
 * Does a transaction, and does it again when PostgreSQL ended it so that another could go on (yardsticks
 * F12): what it did is undone then, and nobody has heard of it.
 */
export async function transact<Tables, Value>(
  db: Db<Tables>,
  work: (tx: Tx<Tables>) => Promise<Value>,
): Promise<Value> {
  for (let left = MOST; ; left -= 1) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      if (left === 1 || !isDeadlock(error)) throw error
    }
  }
}
