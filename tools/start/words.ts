import { readFileSync } from 'node:fs'
import { IntlMessageFormat } from 'intl-messageformat'

export type Values = Readonly<Record<string, string | number>>

const file = new URL('messages.fr.json', import.meta.url)
const messages = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>

/** A sentence of `start`, from its catalogue. */
export function say(key: string, values: Values = {}): string {
  const text = messages[key]
  if (text === undefined) throw new Error(`No message ${key}`)
  return String(new IntlMessageFormat(text, 'fr-BE').format({ ...values }))
}
