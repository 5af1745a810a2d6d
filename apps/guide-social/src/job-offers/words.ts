import type { OfferContent } from './content.ts'

/** Endings of inclusive writing: what the masculine ends with, and the feminine instead. */
const FEMININE: Readonly<Record<string, readonly [ending: string, feminine: string]>> = {
  rice: ['eur', 'rice'],
  trice: ['teur', 'trice'],
  euse: ['eur', 'euse'],
  ere: ['er', 'ere'],
  iere: ['ier', 'iere'],
  ve: ['f', 've'],
  ive: ['if', 'ive'],
  ne: ['', 'ne'],
  e: ['', 'e'],
}

/** Lower case, without accents, letters and digits only, plural marks dropped. */
export function fold(text: string): string {
  return bare(text)
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
    .map(singular)
    .join(' ')
}

function bare(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
}

function singular(word: string): string {
  return word.length > 3 && !/\d/.test(word) ? word.replace(/[sx]$/, '') : word
}

/**
 * The words an offer is found by. « Éducateur·rice » is found as « éducateur » and « éducatrice »:
 * people search for the one they are.
 */
export function searchWordsOf(content: OfferContent, organisationName: string): string {
  const { title, occupation, otherOccupation, description, locality, postcode } = content
  const parts = [title, otherOccupation, organisationName, locality, postcode, description]
  const text = [...parts, occupation === 'autre' ? null : occupation].filter(Boolean).join(' ')
  const words = new Set(`${fold(text)} ${feminineForms(text).join(' ')}`.trim().split(' '))
  return [...words].join(' ')
}

function feminineForms(text: string): string[] {
  const pairs = bare(text).matchAll(/([a-z]{3,})[·.•(-]([a-z]{1,5})\b/g)
  return [...pairs].flatMap(([, masculine = '', ending = '']) => {
    const [before, feminine] = FEMININE[singular(ending)] ?? FEMININE[ending] ?? []
    if (before === undefined || feminine === undefined || !masculine.endsWith(before)) return []
    return [`${masculine.slice(0, masculine.length - before.length)}${feminine}`]
  })
}

/** Most words of a search that are looked at. */
const MOST_WORDS = 8

/** A search as PostgreSQL reads it, each word by its beginning; null when nothing is left to look for. */
export function searchQueryOf(typed: string): string | null {
  const words = fold(typed).split(' ').filter(Boolean).slice(0, MOST_WORDS)
  return words.length === 0 ? null : words.map((word) => `${word}:*`).join(' & ')
}
