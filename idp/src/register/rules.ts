import { isAssociation, isPublicForm } from '@myanm/permissions'
import { isBce } from '#rules/organisations'

/**
 * The open data of the Banque-Carrefour des Entreprises (specification R15, 4.5), as its files write
 * it: numbers with dots, days as jj-mm-aaaa, languages and kinds as codes.
 */

/** The files of an extract this copy is made from, and the columns of each. */
export const FILES = {
  enterprise: [
    'EnterpriseNumber',
    'Status',
    'JuridicalSituation',
    'TypeOfEnterprise',
    'JuridicalForm',
    'StartDate',
  ],
  establishment: ['EstablishmentNumber', 'StartDate', 'EnterpriseNumber'],
  denomination: ['EntityNumber', 'Language', 'TypeOfDenomination', 'Denomination'],
  address: [
    'EntityNumber',
    'TypeOfAddress',
    'CountryNL',
    'CountryFR',
    'Zipcode',
    'MunicipalityNL',
    'MunicipalityFR',
    'StreetNL',
    'StreetFR',
    'HouseNumber',
    'Box',
    'DateStrikingOff',
  ],
} as const satisfies Record<string, readonly string[]>

export type Part = keyof typeof FILES
export const PARTS = Object.keys(FILES) as Part[]

/** What an update takes away, by its file. */
export const REMOVALS = {
  enterprise: 'enterprise',
  establishment: 'unit',
  denomination: 'name',
  address: 'seat',
} as const

/** A line as its columns name it; a column that is missing at its end is empty. */
export type Cells = Readonly<Record<string, string>>

/** A line that is not taken over, and why. */
export type Rejection = 'not-a-number' | 'not-a-day' | 'not-a-type' | 'wrong-number-of-fields'

type Read<Value> =
  | { readonly is: 'read'; readonly value: Value }
  /** Of no use here: a trade name of an enterprise, an address where it is no more. */
  | { readonly is: 'left' }
  | { readonly is: 'rejected'; readonly because: Rejection }

const LEFT = { is: 'left' } as const
const rejected = (because: Rejection) => ({ is: 'rejected', because }) as const

/** A unit’s number as it is written: « 2.134.560.125 ». */
export const showUnit = (number: string): string =>
  number.replace(/^(\d)(\d{3})(\d{3})(\d{3})$/, '$1.$2.$3.$4')

/** « 2.123.456.789 » is the number of one of an enterprise's sites: 2 to 8 first, the same check (R14). */
export function isUnit(number: string): boolean {
  const first = number[0] ?? ''
  return first >= '2' && first <= '8'
}

/** « 0200.065.765 » or « 2.123.456.789 », as ten digits; null for what is no number. */
export function readEntity(text: string): string | null {
  const digits = text.replaceAll('.', '').trim()
  if (!isUnit(digits)) return isBce(digits) ? digits : null
  const isNumber = /^\d{10}$/.test(digits)
  return isNumber && 97 - (Number(digits.slice(0, 8)) % 97) === Number(digits.slice(8))
    ? digits
    : null
}

/** « 24-12-2023 » → `2023-12-24`; null for what is no day. */
export function readDay(text: string): string | null {
  const [, day, month, year] = /^(\d\d)-(\d\d)-(\d{4})$/.exec(text.trim()) ?? []
  const iso = `${year}-${month}-${day}`
  const date = new Date(`${iso}T00:00:00Z`)
  return day && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : null
}

export interface StagedEnterprise {
  readonly number: string
  readonly type: 'natural' | 'legal'
  readonly legalForm: string | null
  readonly situation: string | null
  readonly isActive: boolean
  readonly since: string | null
}

const TYPES: Readonly<Record<string, 'natural' | 'legal'>> = { 1: 'natural', 2: 'legal' }

export function readEnterprise(cells: Cells): Read<StagedEnterprise> {
  const number = readEntity(cells['EnterpriseNumber'] ?? '')
  if (number === null || isUnit(number)) return rejected('not-a-number')
  const type = TYPES[cells['TypeOfEnterprise']?.trim() ?? '']
  if (!type) return rejected('not-a-type')
  const started = cells['StartDate']?.trim() ?? ''
  const since = started === '' ? null : readDay(started)
  if (started !== '' && since === null) return rejected('not-a-day')
  const value = {
    number,
    type,
    legalForm: cells['JuridicalForm']?.trim() || null,
    situation: cells['JuridicalSituation']?.trim() || null,
    isActive: cells['Status']?.trim() === 'AC',
    since,
  }
  return { is: 'read', value }
}

export interface StagedUnit {
  readonly number: string
  readonly enterprise: string
  readonly since: string | null
}

/** One of the places where an enterprise works. */
export function readUnit(cells: Cells): Read<StagedUnit> {
  const number = readEntity(cells['EstablishmentNumber'] ?? '')
  const enterprise = readEntity(cells['EnterpriseNumber'] ?? '')
  if (number === null || !isUnit(number) || enterprise === null || isUnit(enterprise)) {
    return rejected('not-a-number')
  }
  const started = cells['StartDate']?.trim() ?? ''
  const since = started === '' ? null : readDay(started)
  if (started !== '' && since === null) return rejected('not-a-day')
  return { is: 'read', value: { number, enterprise, since } }
}

const LANGUAGES: Readonly<Record<string, string>> = { 1: 'fr', 2: 'nl', 3: 'de', 4: 'en' }
type NameKind = 'name' | 'acronym' | 'trade'
const KINDS: Readonly<Record<string, NameKind>> = { '001': 'name', '002': 'acronym' }
/** What is written on the door of a unit is its name. */
const KINDS_OF_UNIT: Readonly<Record<string, NameKind>> = { '001': 'name', '003': 'trade' }

export interface StagedName {
  readonly number: string
  readonly kind: NameKind
  readonly language: string
  readonly name: string
}

/** The name of an enterprise or its abbreviation, not what it trades as; the name of a unit. */
export function readDenomination(cells: Cells): Read<StagedName> {
  const number = readEntity(cells['EntityNumber'] ?? '')
  if (number === null) return rejected('not-a-number')
  const kinds = isUnit(number) ? KINDS_OF_UNIT : KINDS
  const kind = kinds[cells['TypeOfDenomination']?.trim() ?? '']
  const name = oneLine(cells['Denomination'])
  if (!kind || name === null) return LEFT
  const language = LANGUAGES[cells['Language']?.trim() ?? ''] ?? 'und'
  return { is: 'read', value: { number, kind, language, name } }
}

/** A seat in the languages the register has it in. */
export interface RegisterSeat {
  readonly postcode: string | null
  readonly house: string | null
  readonly box: string | null
  readonly fr: Place
  readonly nl: Place
}

interface Place {
  readonly street: string | null
  readonly locality: string | null
  /** Null for Belgium. */
  readonly country: string | null
}

export interface StagedSeat {
  readonly number: string
  readonly seat: RegisterSeat
}

/** The seat of a legal person (REGO), the place of a unit (BAET), as long as it is not struck off. */
export function readAddress(cells: Cells): Read<StagedSeat> {
  const number = readEntity(cells['EntityNumber'] ?? '')
  if (number === null) return rejected('not-a-number')
  const isSeat = cells['TypeOfAddress']?.trim() === (isUnit(number) ? 'BAET' : 'REGO')
  const isStruckOff = (cells['DateStrikingOff']?.trim() ?? '') !== ''
  if (!isSeat || isStruckOff) return LEFT
  const place = (language: 'FR' | 'NL'): Place => ({
    street: oneLine(cells[`Street${language}`]),
    locality: oneLine(cells[`Municipality${language}`]),
    country: oneLine(cells[`Country${language}`]),
  })
  const seat = {
    postcode: oneLine(cells['Zipcode']),
    house: oneLine(cells['HouseNumber']),
    box: oneLine(cells['Box']),
    fr: place('FR'),
    nl: place('NL'),
  }
  return { is: 'read', value: { number, seat } }
}

const LONGEST = 320
/** Nearly every line: letters of here, one space at a time. */
const PLAIN = /^[!-~\u00c0-\u024f\u2019]+( [!-~\u00c0-\u024f\u2019]+)*$/

/** What is between the lines of a page is in no name of ours. */
function oneLine(text: string | undefined): string | null {
  if (!text) return null
  if (text.length <= LONGEST && PLAIN.test(text)) return text
  const line = text
    .normalize('NFC')
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  return line === '' ? null : [...line].slice(0, LONGEST).join('')
}

/** What an extract says of itself, in meta.csv. */
export interface Extract {
  readonly number: number
  readonly kind: 'full' | 'update'
  /** `2026-11-01` */
  readonly snapshotOn: string
}

/** @returns null when it does not say what it is */
export function readMeta(variables: ReadonlyMap<string, string>): Extract | null {
  const kind = variables.get('ExtractType')
  const number = Number(variables.get('ExtractNumber'))
  const snapshotOn = readDay(variables.get('SnapshotDate') ?? '')
  if (kind !== 'full' && kind !== 'update') return null
  if (!Number.isSafeInteger(number) || number < 1 || snapshotOn === null) return null
  return { number, kind, snapshotOn }
}

/** Why an extract does not follow what is here already. */
export type OutOfTurn = 'older' | 'needs-full' | 'gap'

/**
 * Whether an extract may be taken over after the latest one. The same one again may: it changes nothing.
 * An update tells what changed since the one before it, and is nothing without it.
 */
export function turnOf(extract: Extract, latest: number | null): OutOfTurn | null {
  if (latest !== null && extract.number < latest) return 'older'
  if (extract.kind === 'full') return null
  if (latest === null) return 'needs-full'
  return extract.number - latest > 1 ? 'gap' : null
}

/** Below this many, a register is a made-up one or a beginning: how much of it is left says nothing. */
const FEW = 1000

/** Whether a full extract leaves out so much of what is known that it must be half a file. */
export function hasShrunk(full: {
  readonly active: number
  readonly activeBefore: number
}): boolean {
  return full.activeBefore >= FEW && full.active < full.activeBefore / 2
}

/** Whether so many lines are refused that the file is not what it seems. */
export function isMostlyWrong(lines: number, refused: number): boolean {
  return refused > Math.max(100, lines / 100)
}

export type Texts = Readonly<Record<string, string>>

/** The text in somebody's language, else in French, else as it is. */
export function inLanguage(texts: Texts, language: string): string | null {
  const wanted = [language, 'fr', 'nl', 'de', 'en', 'und'].find((key) => texts[key])
  return wanted ? (texts[wanted] ?? null) : null
}

/** Where a seat is, on the lines of an address. */
export interface Seat {
  readonly street: string | null
  readonly postcode: string | null
  readonly locality: string | null
}

/** Brussels has its streets in two languages, other places in one. */
export function seatIn(seat: RegisterSeat | null, language: string): Seat | null {
  if (!seat) return null
  const [first, second] = language === 'nl' ? [seat.nl, seat.fr] : [seat.fr, seat.nl]
  const street = first.street ?? second.street
  const locality = first.locality ?? second.locality
  const country = first.country ?? second.country
  const number = seat.box && seat.house ? `${seat.house} bte ${seat.box}` : seat.house
  return {
    street: [street, number].filter(Boolean).join(' ') || null,
    postcode: seat.postcode,
    locality: [locality, country].filter(Boolean).join(', ') || null,
  }
}

/** « Rue de la Loi 16, 1000 Bruxelles » */
export function seatOnOneLine(seat: Seat | null): string | null {
  if (!seat) return null
  const place = [seat.postcode, seat.locality].filter(Boolean).join(' ')
  return [seat.street, place].filter(Boolean).join(', ') || null
}

/** What the register has under a number, as far as anybody here may ask. */
export type Kind = 'nonprofit' | 'public' | 'commercial' | 'person'

/** Marchand or not, proposed from the legal form (M39); whoever registers confirms it. */
export function kindOfForm(type: 'natural' | 'legal', legalForm: string | null): Kind {
  if (type === 'natural') return 'person'
  if (isPublicForm(legalForm)) return 'public'
  return isAssociation(legalForm) ? 'nonprofit' : 'commercial'
}

/** So many words of a name narrow a search down; more are not looked for. */
const MOST_WORDS = 8

/**
 * The words a name is looked for by: without accents, case or signs, as `register_words` of the database
 * cuts names. « C.P.A.S. » is one word, « cœur » is written out; a letter alone, as in « l’école », begins
 * half of all names and tells nothing.
 * @returns null when there is nothing to look for
 */
export function readNameSearch(typed: string): readonly string[] | null {
  const written = typed
    .slice(0, LONGEST)
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replaceAll(/(?<![\p{Alphabetic}\p{Nd}])([\p{Alphabetic}\p{Nd}])\./gu, '$1')
  const words = new Set(written.match(/[\p{Alphabetic}\p{Nd}]{2,}/gu))
  return words.size > 0 ? [...words].slice(0, MOST_WORDS) : null
}
