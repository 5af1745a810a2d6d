import type { Db, Tx } from '@myanm/database'
import { enqueue, enqueueEach } from '#jobs'
import type { Tables } from '../tables.ts'
import { type LetterCode, MOST_AN_HOUR } from './rules.ts'
import { countThisHour, saveLetter, saveLetters } from './store.ts'

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
 * Queues a letter in the caller's transaction: it leaves if and only if the change is committed. What
 * can be asked for again and again leaves a few times an hour only; the page says the same either way.
 * @returns the letter, whose fate can be followed; null when the same wish is waiting already, or when
 *   there were enough of its kind this hour
 */
export async function post(tx: Tx<Tables>, wish: Wish): Promise<string | null> {
  const most = MOST_AN_HOUR[wish.code]
  if (most !== undefined && (await countThisHour(tx, wish)) >= most) return null
  const letter = await saveLetter(tx, wish)
  if (letter !== null) await enqueueLetter(tx, letter)
  return letter
}

/**
 * Queues one letter for each of many links, all of which say the same besides: what an organisation sends
 * to two hundred people leaves with two statements. Whoever asks sees to how many that may be.
 * @returns proof → letter
 */
export async function postEach(
  tx: Tx<Tables>,
  wish: {
    readonly code: LetterCode
    readonly letters: readonly { readonly proof: string; readonly details: Wish['details'] }[]
  },
): Promise<ReadonlyMap<string, string>> {
  const letters = await saveLetters(tx, wish)
  await enqueueEach(
    tx,
    'send-mail',
    [...letters.values()].map((letter) => ({ payload: { letter }, key: `letter:${letter}` })),
  )
  return letters
}

/** One job for each letter: a new one takes the place of the one that waits. */
export function enqueueLetter(
  db: Db<Tables> | Tx<Tables>,
  letter: string,
  after = 0,
): Promise<void> {
  return enqueue(db, 'send-mail', { letter }, { key: `letter:${letter}`, after })
}
