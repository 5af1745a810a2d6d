import { readBce } from '#rules/organisations'

/**
 * The file old accounts come in (specification 6.1 « import »). Columns by name, in any order, in French
 * or English; those marked are required. What is not named here is left aside, passwords above all: an
 * old password is never brought in.
 */
export const COLUMNS = {
  /** The old application: `guide-social`, `monasbl`… Required. */
  site: ['site'],
  /** The number of the account there: with the site, what makes a line the same line again. Required. */
  identifier: ['identifiant', 'identifier'],
  login: ['login'],
  email: ['email', 'e-mail'],
  givenName: ['prenom', 'first_name'],
  familyName: ['nom', 'last_name'],
  language: ['langue', 'language'],
  accountType: ['type_compte', 'account_type'],
  /** The organisation the account was the account of (M62). */
  bce: ['bce'],
  organisation: ['organisme', 'organisation'],
  /** Of several accounts of one organisation, the one its invoices went to. */
  billing: ['facturation', 'billing'],
  /** When the old application last changed the account: the newer wins (M24). Required. */
  updatedAt: ['modifie_le', 'updated_at'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type Column = keyof typeof COLUMNS

const REQUIRED: readonly Column[] = ['site', 'identifier', 'updatedAt']

/** One account of an old application, as its line tells it. */
export interface LegacyRow {
  readonly site: string
  readonly identifier: string
  readonly login: string | null
  /** Null when there was none, or none a mail can be sent to (F113). */
  readonly email: string | null
  readonly givenName: string | null
  readonly familyName: string | null
  readonly language: string
  readonly accountType: string
  readonly bce: string | null
  readonly organisation: string | null
  readonly billing: boolean
  readonly updatedAt: Date
}

/** Why a line is not imported. */
export type Rejection =
  | 'not-utf8'
  | 'control-character'
  | 'too-long'
  | 'wrong-number-of-fields'
  | 'unreadable'
  | 'no-site'
  | 'bad-site'
  | 'no-identifier'
  | 'no-date'
  | 'bad-date'
  | 'date-in-the-future'
  | 'bad-language'
  | 'bad-account-type'
  | 'bad-billing'
  | 'nobody'
  | 'twice-in-file'

export type ReadRow =
  | { readonly row: LegacyRow; readonly hasBadEmail: boolean }
  | { readonly rejected: Rejection }

/** Which column of the file holds what. */
export type Heading =
  | { readonly positions: ReadonlyMap<Column, number>; readonly ignored: readonly string[] }
  | { readonly missing: readonly Column[]; readonly twice: readonly Column[] }

/** Reads the first line. Case, accents and white space around a name do not count. */
export function readHeading(names: readonly string[]): Heading {
  const positions = new Map<Column, number>()
  const twice: Column[] = []
  const ignored: string[] = []
  for (const [position, name] of names.entries()) {
    const column = columnNamed(plain(name))
    if (!column) ignored.push(name)
    else if (positions.has(column)) twice.push(column)
    else positions.set(column, position)
  }
  const missing = REQUIRED.filter((column) => !positions.has(column))
  return missing.length > 0 || twice.length > 0 ? { missing, twice } : { positions, ignored }
}

function columnNamed(name: string): Column | undefined {
  const columns = Object.keys(COLUMNS) as Column[]
  return columns.find((column) => (COLUMNS[column] as readonly string[]).includes(name))
}

const plain = (text: string): string =>
  text.normalize('NFD').replaceAll(/\p{M}/gu, '').trim().toLowerCase().replaceAll(' ', '_')

/** Longer is a mistake of the file, or an attack on what reads it. */
const LONGEST: Readonly<Record<Column, number>> = {
  site: 40,
  identifier: 64,
  login: 100,
  email: 254,
  givenName: 100,
  familyName: 100,
  language: 20,
  accountType: 40,
  bce: 40,
  organisation: 300,
  billing: 20,
  updatedAt: 40,
}

// Decoding puts this in the place of bytes that are no UTF-8: Latin-1, or half a surrogate pair.
const REPLACEMENT = '\uFFFD'

/** Holds one line against the columns. A line is taken whole or not at all, and always with its reason. */
export function readRow(
  fields: readonly string[],
  of: { readonly positions: ReadonlyMap<Column, number>; readonly now: Date },
): ReadRow {
  const values = new Map<Column, string>()
  for (const [column, position] of of.positions) {
    const value = (fields[position] ?? '').normalize('NFC').trim()
    if (value.length > LONGEST[column]) return { rejected: 'too-long' }
    if (value.includes(REPLACEMENT) || !value.isWellFormed()) return { rejected: 'not-utf8' }
    if (/\p{Cc}/u.test(value)) return { rejected: 'control-character' }
    values.set(column, value)
  }
  return readValues((column) => values.get(column) ?? '', of.now)
}

function readValues(value: (column: Column) => string, now: Date): ReadRow {
  const site = value('site').toLowerCase()
  if (site === '') return { rejected: 'no-site' }
  if (!/^[a-z0-9][a-z0-9-]*$/.test(site)) return { rejected: 'bad-site' }
  const identifier = value('identifier')
  if (identifier === '') return { rejected: 'no-identifier' }

  const updatedAt = readDate(value('updatedAt'))
  if (updatedAt === null) return { rejected: value('updatedAt') === '' ? 'no-date' : 'bad-date' }
  if (updatedAt.getTime() > now.getTime() + DAY) return { rejected: 'date-in-the-future' }

  const language = readLanguage(value('language'))
  if (language === null) return { rejected: 'bad-language' }
  // A number that is none is kept as it is: the team is shown it.
  const bce = readBce(value('bce')) ?? orNull(value('bce'))
  const organisation = orNull(value('organisation'))
  const billing = YES_OR_NO[plain(value('billing'))]
  if (billing === undefined) return { rejected: 'bad-billing' }
  const accountType = readAccountType(value('accountType'), bce !== null || organisation !== null)
  if (accountType === null) return { rejected: 'bad-account-type' }

  const login = orNull(value('login'))
  const given = value('email')
  const email = isEmail(given) ? given : null
  const [givenName, familyName] = [orNull(value('givenName')), orNull(value('familyName'))]
  if (!login && !email && !familyName) return { rejected: 'nobody' }
  return {
    row: {
      ...{ site, identifier, login, email, givenName, familyName },
      ...{ language, accountType, bce, organisation, billing, updatedAt },
    },
    hasBadEmail: given !== '' && email === null,
  }
}

const orNull = (text: string): string | null => (text === '' ? null : text)

const DAY = 24 * 3_600_000
const ISO =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/
const BELGIAN = /^(\d{2})\/(\d{2})\/(\d{4})$/

/** `2024-06-30`, `2024-06-30 10:00:00`, `2024-06-30T10:00:00Z` or `30/06/2024`; without a zone, UTC. */
export function readDate(text: string): Date | null {
  const iso = text.replace(BELGIAN, '$3-$2-$1')
  if (!ISO.test(iso)) return null
  const hasTime = iso.length > 10
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(iso.slice(10))
  const date = new Date(iso.replace(' ', 'T') + (hasTime && !hasZone ? 'Z' : ''))
  // The 31st of February would otherwise become a day of March.
  const isThatDay = hasZone || date.toJSON()?.startsWith(iso.slice(0, 10))
  return Number.isNaN(date.getTime()) || !isThatDay || date.getUTCFullYear() < 1990 ? null : date
}

const LANGUAGES: Readonly<Record<string, string>> = {
  ...{ '': 'fr', fr: 'fr', francais: 'fr', nl: 'nl', neerlandais: 'nl' },
  ...{ de: 'de', allemand: 'de', en: 'en', anglais: 'en' },
}

const YES_OR_NO: Readonly<Record<string, boolean>> = {
  ...{ '': false, non: false, no: false, '0': false, false: false },
  ...{ oui: true, yes: true, '1': true, true: true },
}

const readLanguage = (text: string): string | null => LANGUAGES[plain(text)] ?? null

/** Said, or else told by whether the line names an organisation. */
function readAccountType(text: string, hasOrganisation: boolean): string | null {
  const type = plain(text)
  if (type === '') return hasOrganisation ? 'organisme' : 'particulier'
  return ['particulier', 'independant', 'organisme'].includes(type) ? type : null
}

/** Whether a mail may be sent there; whether it arrives, only sending tells. */
export function isEmail(text: string): boolean {
  const parts = text.split('@')
  const [local = '', domain = ''] = parts
  return (
    parts.length === 2 &&
    text.length <= 254 &&
    local.length <= 64 &&
    /^[^\s"(),:;<>[\\\]]+$/.test(local) &&
    domain.split('.').length > 1 &&
    domain.split('.').every((label) => /^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?$/u.test(label))
  )
}

/** Which sign separates the fields: the one its first line has more of. */
export function delimiterOf(firstLine: string): ';' | ',' {
  const count = (sign: string) => firstLine.split(sign).length
  return count(',') > count(';') ? ',' : ';'
}

/** What becomes of a line that is read. */
export type Outcome =
  /** Nothing new. */
  | 'unchanged'
  /** Older than what is known already. */
  | 'stale'
  /** Its person has come over: what they say of themselves wins. */
  | 'claimed'
  /** Its address waits for somebody else’s confirmation; imported once that is settled. */
  | 'taken'
  /** Its person had themselves erased, and does not come back with a file. */
  | 'erased'
  | 'create'
  | 'change'
  /** Leads to the account of another line with the same address (M24). */
  | 'merge'

/** Why an organisation of the file is left to the team, or what they should look at (M62). */
export const CONFLICTS = [
  /** The line names an organisation, and no number. */
  'no-number',
  /** What it gives as a number is none (E08). */
  'bad-number',
  /** The organisation has ceased (E09). */
  'ceased',
  /** Neither the register nor the file says what it is called. */
  'no-name',
  /** It was made, under another name than the file's. */
  'name-differs',
  /** Several old accounts of one organisation: this one is RESPONSABLE. */
  'several',
  /** It has its people in MyANM already. */
  'has-manager',
  /** Nobody leads it any more: the team appoints (M64). */
  'vacant',
  'closed',
  /** The person has come over, and their account is suspended or being deleted. */
  'account-closed',
] as const

export type Conflict = (typeof CONFLICTS)[number]

const FORMS = /\b(?:a\.?s\.?b\.?l|v\.?z\.?w|aisbl|ivzw|asbl|vzw|sc|scrl|srl|sprl|sa|nv|bv)\b\.?/g

/**
 * Whether two names are one organisation's: written in capitals, without accents, with or without
 * « ASBL », it is still the same.
 */
export function isSameName(one: string, other: string): boolean {
  return bareName(one) === bareName(other)
}

const bareName = (name: string): string => {
  const letters = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const words = letters.replaceAll(FORMS, ' ').match(/[\p{L}\p{N}]+/gu) ?? []
  return words.join(' ')
}

/** Two values for one field when an account is attached to another, and which one stays. */
export interface Compared {
  readonly field: 'name' | 'login' | 'email'
  readonly kept: string
  /** What the other said; it is shown, and remembered as where the account comes from. */
  readonly other: string
}

export type AttachRefusal = 'same-account' | 'not-active' | 'not-legacy'

/** Whether an old account may become part of a person's own. Both mailboxes are proven beforehand (M24). */
export function refusalToAttach(
  into: { readonly id: string; readonly state: string } | undefined,
  from: { readonly id: string; readonly state: string } | undefined,
): AttachRefusal | null {
  if (into?.state !== 'active') return 'not-active'
  if (from?.state !== 'legacy') return 'not-legacy'
  return into.id === from.id ? 'same-account' : null
}
