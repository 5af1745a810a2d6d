import type { Db } from '@myanm/database'
import type { Tables } from '../tables.ts'
import { enqueueLetter } from './post.ts'
import { hasten, listForgotten } from './store.ts'

/** How late a letter is when its own job must be lost, in milliseconds. */
const LATE = 10_000

/**
 * Every minute, so that no letter is lost and none waits much longer than it must (ahead 7): letters
 * whose job died with its process get another, which the queue itself would do after four hours; and
 * one of those that wait for a post office is tried, to learn whether it is back.
 */
export async function watchLetters({ db }: { readonly db: Db<Tables> }): Promise<void> {
  for (const letter of await listForgotten(db, LATE)) await enqueueLetter(db, letter)
  for (const letter of await hasten(db, 1)) await enqueueLetter(db, letter)
}
