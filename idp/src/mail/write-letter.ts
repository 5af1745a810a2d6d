import type nunjucks from 'nunjucks'
import type { ProofSecrets } from '#proofs'
import { spacedCode } from '#rules/proofs'
import { type LetterCode, nameInMail, pathOf } from './rules.ts'

export interface WritingNeeds {
  readonly mails: nunjucks.Environment
  readonly secrets: ProofSecrets
  readonly translate: (
    language: string,
    key: string,
    values?: Readonly<Record<string, string | number>>,
  ) => string
  readonly publicUrl: URL
}

export interface Draft {
  readonly code: LetterCode
  readonly language: string
  /** As it was typed, by somebody who may not own the mailbox. */
  readonly name: string | null
  readonly details: Readonly<Record<string, string | number>>
  readonly proof: string | null
}

/**
 * Puts a letter into words, twice: as text and as HTML. The same draft gives the same letter, the link
 * and the code included, however often it is written (yardsticks F17). Its addresses are made from ours
 * as it is configured, never from a request (F33).
 */
export function writeLetter(
  { mails, secrets, translate, publicUrl }: WritingNeeds,
  { code, language, name, details, proof }: Draft,
): { readonly subject: string; readonly text: string; readonly html: string } {
  const words = (key: string, values?: Draft['details']) =>
    translate(language, `mail.${key}`, values)
  const called = nameInMail(name)
  const path = pathOf(code, { ...details, jeton: proof ? secrets.tokenOf(proof) : undefined })
  const written = {
    lang: language,
    mark: words('mark'),
    subject: words(`${code}.subject`, details),
    greeting: called ? words('greeting', { name: called }) : words('greeting.nameless'),
    body: words(`${code}.body`, details).split('\n\n'),
    link: { text: words(`${code}.link`), href: new URL(path, publicUrl).href },
    code: proof ? { text: words('code'), value: spacedCode(secrets.codeOf(proof)) } : null,
    fallback: words('fallback'),
    why: words(`${code}.why`),
    neverAsked: words('never-asked'),
    signature: words('signature'),
  }
  return {
    subject: written.subject,
    text: mails.render('mail/mails/letter.txt.njk', written),
    html: mails.render('mail/mails/letter.html.njk', written),
  }
}
