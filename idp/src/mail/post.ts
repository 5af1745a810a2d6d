import type { Tx } from '@myanm/database'
import { enqueue } from '#jobs'
import type { Tables } from '../tables.ts'
import type { LetterCode } from './rules.ts'
import { saveLetter } from './store.ts'

export interface Wish {
  readonly code: LetterCode
  /** Whom it is for; its address is looked up when it leaves. */
  readonly account?: string
  /** The link and the code it carries; goes to the proof's address when that has one. */
  readonly proof?: string
  /** The message of a stranger that this answers (ML33). */
  readonly message?: string
  /** What its text says besides the name: no address, no secret. */
  readonly details?: Readonly<Record<string, string | number>>
  /** Wishes of the same name are one letter, as long as it has not left. */
  readonly once?: string
}

/**
 * Queues a letter in the caller's transaction: it leaves if and only if the change is committed.
 * @returns the letter, whose fate can be followed; null when the same wish is waiting already
 */
export async function post(tx: Tx<Tables>, wish: Wish): Promise<string | null> {
  const letter = await saveLetter(tx, wish)
  if (letter !== null) await enqueue(tx, 'send-mail', { letter })
  return letter
}
