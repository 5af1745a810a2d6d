import type { Db } from '@myanm/database'
import type nunjucks from 'nunjucks'
import type { Job } from '#jobs'
import type { Tables } from '../tables.ts'
import type { Mailer } from './mailer.ts'

export interface MailNeeds {
  readonly db: Db<Tables>
  readonly mailer: Mailer
  readonly mails: nunjucks.Environment
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
 */
export async function sendMail(needs: MailNeeds, job: Job['send-mail']): Promise<void> {
  const person = await needs.db
    .selectFrom('account')
    .select(['email', 'given_name', 'language'])
    .where('id', '=', job.account)
    .executeTakeFirst()
  if (!person?.email) return
  const { email, language } = person
  const words = (key: string) =>
    needs.translate(language, `mail.${job.code}.${key}`, {
      ...job.values,
      name: person.given_name ?? '',
    })
  const link = new URL(words('path'), needs.publicUrl).href
  const letter = {
    lang: language,
    subject: words('subject'),
    greeting: words('greeting'),
    body: words('body'),
    why: words('why'),
    link: { text: words('link'), href: link },
    signature: needs.translate(language, 'mail.signature'),
  }
  await needs.mailer.send({
    to: email,
    subject: letter.subject,
    text: needs.mails.render('mail/mails/letter.txt.njk', letter),
    html: needs.mails.render('mail/mails/letter.html.njk', letter),
  })
}
