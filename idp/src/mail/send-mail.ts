import type { Db } from '@myanm/database'
import type nunjucks from 'nunjucks'
import type { Job } from '#jobs'
import type { ProofSecrets } from '#proofs'
import { spacedCode } from '#rules/proofs'
import type { Tables } from '../tables.ts'
import type { Mailer } from './mailer.ts'
import { type LetterCode, PATHS } from './rules.ts'
import { findQueued, settle } from './store.ts'

export interface MailNeeds {
  readonly db: Db<Tables>
  readonly mailer: Mailer
  readonly mails: nunjucks.Environment
  readonly secrets: ProofSecrets
  readonly translate: (
    language: string,
    key: string,
    values?: Readonly<Record<string, string | number>>,
  ) => string
  readonly publicUrl: URL
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
  const language = letter.language ?? 'fr'
  const code = letter.code as LetterCode
  const words = (key: string) =>
    needs.translate(language, `mail.${code}.${key}`, {
      ...(letter.details as Record<string, string | number>),
      name: letter.given_name ?? letter.writer ?? '',
    })
  const { proof_id: proof } = letter
  const path = PATHS[code].replace(':jeton', proof ? needs.secrets.tokenOf(proof) : '')
  const written = {
    lang: language,
    subject: words('subject'),
    greeting: words('greeting'),
    body: words('body'),
    why: words('why'),
    link: { text: words('link'), href: new URL(path, needs.publicUrl).href },
    code: proof
      ? {
          text: needs.translate(language, 'mail.code'),
          value: spacedCode(needs.secrets.codeOf(proof)),
        }
      : null,
    signature: needs.translate(language, 'mail.signature'),
  }
  await needs.mailer.send({
    id: letter.id,
    to,
    subject: written.subject,
    text: needs.mails.render('mail/mails/letter.txt.njk', written),
    html: needs.mails.render('mail/mails/letter.html.njk', written),
  })
  await settle(db, letter.id, { state: 'sent', reason: null })
}
