import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { IntlMessageFormat } from 'intl-messageformat'
import type { MessageValues } from './problem.ts'

/** Languages we have catalogues for. French is complete first; nl, de and en follow (D14). */
export const LANGUAGES = ['fr', 'nl', 'de', 'en'] as const
export type Language = (typeof LANGUAGES)[number]
export const FIRST_LANGUAGE: Language = 'fr'

const LOCALES: Readonly<Record<Language, string>> = {
  fr: 'fr-BE',
  nl: 'nl-BE',
  de: 'de-BE',
  en: 'en-GB',
}

export type Translate = (key: string, values?: MessageValues) => string

export interface Catalogue {
  /** Languages with at least one message. */
  readonly languages: readonly Language[]
  keys(language: Language): readonly string[]
  /** @throws Error on an unknown key or a missing value: both are bugs, shown by the tests. */
  translate(language: Language, key: string, values?: MessageValues): string
}

/**
 * Reads every `messages.<language>.json` below the given directories. Messages are ICU
 * MessageFormat with flat keys; a key defined twice is a bug. A language lacking a key falls back to
 * French.
 */
export function readCatalogue(directories: readonly string[]): Catalogue {
  const texts = new Map<Language, Map<string, string>>()
  const compiled = new Map<string, IntlMessageFormat>()

  for (const directory of directories) {
    const files = globSync('**/messages.*.json', {
      cwd: directory,
      exclude: (name) => basename(name) === 'node_modules',
    })
    for (const file of files) {
      const language = basename(file).split('.')[1] as Language
      const messages = texts.get(language) ?? new Map<string, string>()
      texts.set(language, messages)
      const entries = JSON.parse(readFileSync(join(directory, file), 'utf8')) as object
      for (const [key, text] of Object.entries(entries)) {
        if (messages.has(key)) throw new Error(`Message ${key} (${language}) is defined twice`)
        messages.set(key, String(text))
      }
    }
  }

  const format = (language: Language, key: string): IntlMessageFormat => {
    const name = `${language}\u0000${key}`
    const known = compiled.get(name)
    if (known) return known
    const own = texts.get(language)?.get(key)
    const text = own ?? texts.get(FIRST_LANGUAGE)?.get(key)
    if (text === undefined) throw new Error(`No message ${key}`)
    const locale = LOCALES[own === undefined ? FIRST_LANGUAGE : language]
    // Markup in a message is ours and stays as written; values are escaped where they are inserted.
    const message = new IntlMessageFormat(text, locale, undefined, { ignoreTag: true })
    compiled.set(name, message)
    return message
  }

  return {
    languages: LANGUAGES.filter((language) => texts.has(language)),
    keys: (language) => [...(texts.get(language)?.keys() ?? [])],
    translate: (language, key, values) => String(format(language, key).format(values)),
  }
}
