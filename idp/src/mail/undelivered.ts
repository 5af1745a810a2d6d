import type { Log } from '@myanm/chassis'
import type { Db, Tx } from '@myanm/database'
import { refusalOf } from '#rules/proofs'
import type { Tables } from '../tables.ts'
import { enqueueLetter } from './post.ts'
import { countUndelivered, findUndelivered, queueAgain } from './undelivered-store.ts'

/** Says in the log that a letter will not arrive, and how many have not: something to look into. */
export async function noteUndelivered(
  { db, log }: { readonly db: Db<Tables>; readonly log: Log },
  { letter, reason }: { readonly letter: string; readonly reason: string },
): Promise<void> {
  const undelivered = await countUndelivered(db)
  log.warn({ job: 'send-mail', letter, reason, undelivered }, 'mail not delivered')
}

export type SentAgain =
  | 'queued'
  /** Its link works no longer: the person asks for another on the page they were on. */
  | 'link-over'
  /** There is no such letter, or somebody sent it again already. */
  | 'unknown'

/** Queues a letter that did not arrive once more, as it was: to the address as it is now. */
export async function sendAgain(tx: Tx<Tables>, letter: string): Promise<SentAgain> {
  const found = await findUndelivered(tx, letter)
  if (!found) return 'unknown'
  if (found.link && refusalOf(found.link, new Date())) return 'link-over'
  await queueAgain(tx, letter)
  await enqueueLetter(tx, letter)
  return 'queued'
}
