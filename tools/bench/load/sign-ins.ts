import type { Side } from '../sides/side.ts'
import type { Member } from './audience.ts'
import type { Connection } from './connection.ts'
import { signIn } from './sign-in.ts'

/** Sign-ins with running sessions, one after the other in each browser. */
export function signInsUntilStopped(
  side: Side,
  connection: Connection,
  members: readonly Member[],
) {
  const began = performance.now()
  let isOver = false
  let count = 0
  const work = members.map(async ({ visitor, account }) => {
    while (!isOver) {
      await signIn(connection, side, { visitor, account })
      count += 1
    }
  })
  return {
    /** @returns how many a second there were */
    async stop(): Promise<number> {
      const seconds = (performance.now() - began) / 1000
      isOver = true
      await Promise.all(work)
      return count / seconds
    },
  }
}
