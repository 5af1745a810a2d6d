import type { Log } from '@myanm/chassis'
import type { Db } from '@myanm/database'
import type { Job } from '#jobs'
import { refusalOf } from '#rules/proofs'
import type { Tables } from '../tables.ts'
import { type Mailer, NotTaken } from './mailer.ts'
import { enqueueLetter } from './post.ts'
import { fateAfter, fateWithLink, type LetterCode, TRY_LASTS } from './rules.ts'
import { type StopLinks, stopPath } from './stop-links.ts'
import { hasten, postpone, settle, type TakenLetter, takeForSending } from './store.ts'
import { noteUndelivered } from './undelivered.ts'
import { type WritingNeeds, writeLetter } from './write-letter.ts'

export interface MailNeeds extends WritingNeeds {
  readonly db: Db<Tables>
  readonly log: Log
  readonly mailer: Mailer
  readonly stopLinks: StopLinks
}

/** Letters woken at once when a post office is back; each that leaves wakes as many again. */
const WOKEN = 100

/**
 * Writes and sends one mail, in the language of whoever receives it. The address is looked up now: a
 * job holds no personal data, and an account without address gets nothing.
 *
 * Killed between sending and noting it, the mail is sent again: the same link, the same code, the same
 * Message-ID, by which mailboxes know it for the same (yardsticks F17).
 */
export async function sendMail(needs: MailNeeds, job: Job['send-mail']): Promise<void> {
  const { db, log, mailer } = needs
  const letter = await takeForSending(db, job.letter, TRY_LASTS)
  if (!letter) return
  const known = knownBeforehand(letter)
  if (known) {
    await settle(db, letter.id, known)
    if (known.state === 'refused' || known.state === 'given-up') {
      await noteUndelivered(needs, { letter: letter.id, reason: known.reason })
    }
    return
  }
  try {
    await mailer.send({ id: letter.id, to: addressOf(letter) ?? '', ...write(needs, letter) })
  } catch (error) {
    await noteNotTaken(needs, {
      letter,
      error: error instanceof NotTaken ? error : ours(error, log),
    })
    return
  }
  await settle(db, letter.id, { state: 'sent', reason: null })
  if (letter.earlier_reason?.startsWith('away ')) {
    log.info({ letter: letter.id, tries: letter.tries }, 'mail taken, the post office is back')
    for (const waiting of await hasten(db, WOKEN)) await enqueueLetter(db, waiting)
  }
}

/** A letter that cannot be written is our mistake: it waits until that is put right, or is given up. */
function ours(error: unknown, log: Log): NotTaken {
  log.error({ err: error, job: 'send-mail' }, 'mail could not be written')
  return new NotTaken('later', 'our mistake')
}

const addressOf = (letter: TakenLetter): string | null =>
  letter.proof_email ?? letter.address ?? letter.account_email ?? letter.reply_to

/** What becomes of a letter that need not, or cannot, be tried; null when it is to be sent. */
function knownBeforehand(letter: TakenLetter) {
  if (letter.account_state === 'deleted')
    return { state: 'needless', reason: 'no account' } as const
  if (!addressOf(letter)) return { state: 'refused', reason: 'no address' } as const
  const link = linkOf(letter)
  const refusal = link && refusalOf(link, new Date())
  return refusal ? ({ state: fateWithLink(refusal), reason: `link ${refusal}` } as const) : null
}

function linkOf(letter: TakenLetter) {
  const { proof_created_at: created_at, proof_expires_at: expires_at, tries_left } = letter
  if (!created_at || !expires_at) return null
  return {
    email: letter.proof_email,
    tries_left: tries_left ?? 0,
    created_at,
    expires_at,
    used_at: letter.proof_used_at,
    ended_at: letter.proof_ended_at,
  }
}

function write(needs: MailNeeds, letter: TakenLetter) {
  const code = letter.code as LetterCode
  const written = writeLetter(needs, {
    code,
    language: letter.language ?? 'fr',
    name: letter.given_name ?? letter.writer,
    details: {
      // Looked up now, like the address: no login is kept in a letter.
      login: letter.account_login ?? letter.account_email ?? '',
      ...(letter.details as Record<string, string | number>),
    },
    proof: letter.proof_id,
  })
  const { account_id: account, proof_subject: newsletter } = letter
  if (code !== 'newsletter' || !account || !newsletter) return written
  const token = needs.stopLinks.tokenOf({ account, newsletter })
  return { ...written, unsubscribe: new URL(stopPath(token), needs.publicUrl) }
}

/** Notes the try, and when the next one is: in one transaction, so that none is ever without the other. */
async function noteNotTaken(
  needs: MailNeeds,
  { letter, error }: { letter: TakenLetter; error: NotTaken },
): Promise<void> {
  const { db, log } = needs
  const { verdict } = error
  const reason = `${verdict} ${error.reason}`
  const fate = fateAfter({
    verdict,
    tries: letter.tries,
    queuedAt: letter.queued_at,
    now: new Date(),
  })
  if (fate.state !== 'queued') {
    await settle(db, letter.id, { state: fate.state, reason })
    await noteUndelivered(needs, { letter: letter.id, reason })
    return
  }
  await db.transaction().execute(async (tx) => {
    await postpone(tx, letter.id, { reason, pause: fate.pause })
    await enqueueLetter(tx, letter.id, fate.pause)
  })
  log.warn(
    { job: 'send-mail', letter: letter.id, tries: letter.tries, reason, pause: fate.pause },
    'mail not taken, it will be tried again',
  )
}
