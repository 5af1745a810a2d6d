import { withLinks } from './links.ts'
import type { Message } from './message.ts'

const moment = new Intl.DateTimeFormat('fr-BE', {
  weekday: 'short',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'Europe/Brussels',
})

/** `mar 30/03/2021 - 09:00` (specification 4.6). */
export function shownMoment(date: Date): string {
  const part = Object.fromEntries(
    moment.formatToParts(date).map(({ type, value }) => [type, value]),
  )
  const weekday = part['weekday']?.replace('.', '')
  return `${weekday} ${part['day']}/${part['month']}/${part['year']} - ${part['hour']}:${part['minute']}`
}

/** What programs read. `to` are the addresses it was handed over for, blind copies included. */
export function asJson(message: Message) {
  const { id, envelope, from, subject, text, html, receivedAt, headers, attachments } = message
  return {
    id,
    to: envelope.to,
    from: from.address,
    subject,
    text,
    html,
    date: receivedAt.toISOString(),
    headers,
    attachments,
  }
}

/** A line of the inbox. */
export function inList({ id, envelope, from, subject, receivedAt }: Message) {
  return {
    href: `/messages/${id}`,
    to: envelope.to.join(', '),
    from: from.name || from.address,
    subject,
    date: shownMoment(receivedAt),
    isoDate: receivedAt.toISOString(),
  }
}

export function inFull(message: Message) {
  const { id, from, text, html, attachments } = message
  return {
    ...inList(message),
    from: from.name === '' ? from.address : `${from.name} <${from.address}>`,
    text: withLinks(text),
    attachments,
    contentUrl: html === '' ? null : `/messages/${id}/contenu`,
    sourceUrl: `/messages/${id}/source`,
  }
}
