import { setTimeout as pause } from 'node:timers/promises'
import type { Scene } from './scene.ts'

/** A mail, as somebody reads it in their mailbox. */
export interface Mail {
  readonly subject: string
  readonly text: string
  /** Where its button leads. */
  readonly link: string
  /** The digits one may type instead; empty when it has none. */
  readonly code: string
}

const PATIENCE = 10_000

/**
 * The latest mail to this address whose subject has these words, as soon as it is there.
 * @throws Error with the subjects that did arrive
 */
export async function mailTo(scene: Scene, email: string, subject: string): Promise<Mail> {
  const inbox = scene.address('mailbox', `/api/messages?to=${encodeURIComponent(email)}`)
  const end = performance.now() + PATIENCE
  let subjects: string[] = []
  while (performance.now() < end) {
    const mails = (await (await fetch(inbox)).json()) as { subject: string; text: string }[]
    const mail = mails.find((one) => one.subject.includes(subject))
    if (mail) return readMail(mail)
    subjects = mails.map((one) => one.subject)
    await pause(50)
  }
  throw new Error(`No mail « ${subject} » to ${email}, but: ${subjects.join(' · ') || 'nothing'}`)
}

function readMail({ subject, text }: { subject: string; text: string }): Mail {
  const link = /https?:\/\/\S+/.exec(text)?.[0] ?? ''
  const code = /\b\d{4}\s?\d{4}\b/.exec(text.replace(link, ''))?.[0] ?? ''
  return { subject, text, link, code }
}
