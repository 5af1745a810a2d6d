import type { Db } from '@myanm/database'
import type { Job } from '#jobs'
import type { Tables } from '../tables.ts'
import type { Mailer } from './mailer.ts'
import type { LetterCode } from './rules.ts'
import { findQueued, settle } from './store.ts'
import { type WritingNeeds, writeLetter } from './write-letter.ts'

export interface MailNeeds extends WritingNeeds {
  readonly db: Db<Tables>
  readonly mailer: Mailer
}

/**
 * Writes and sends one mail, in the language of whoever receives it. The address is looked up now: a
 * job holds no personal data, and an account without address gets nothing.
 *
 * Killed between sending and noting it, the mail is sent again: the same link, the same code, the same
 * Message-ID, by which mailboxes know it for the same (yardsticks F17).
 */
export async function sendMail(needs: MailNeeds, job: Job['send-mail']): Promise<void> {
  const { db } = needs
  const letter = await findQueued(db, job.letter)
  if (!letter) return
  const to = letter.proof_email ?? letter.account_email ?? letter.reply_to
  if (!to) return settle(db, letter.id, { state: 'refused', reason: 'no address' })
  const written = writeLetter(needs, {
    code: letter.code as LetterCode,
    language: letter.language ?? 'fr',
    name: letter.given_name ?? letter.writer,
    details: letter.details as Record<string, string | number>,
    proof: letter.proof_id,
  })
  await needs.mailer.send({ id: letter.id, to, ...written })
  await settle(db, letter.id, { state: 'sent', reason: null })
}
