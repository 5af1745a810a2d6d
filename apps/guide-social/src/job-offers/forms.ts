import type { Typed } from '@myanm/chassis'
import { z } from 'zod'
import {
  AIDS,
  CONTRACTS,
  JOINT_COMMITTEES,
  OCCUPATIONS,
  type OfferContent,
  PAY_PERIODS,
  REGIMES,
} from './content.ts'
import { formatDay, parseDay } from './day.ts'
import { formatAmount, parseAmount } from './money.ts'
import { line, paragraphs } from './plain-text.ts'
import { parseWebAddress } from './web-address.ts'
import { formatWeek, parseWeek } from './working-time.ts'

/** Names of the fields, in the order of the form; each with what it is called in `OfferContent`. */
export const FIELDS = {
  titre: 'title',
  fonction: 'occupation',
  autre_fonction: 'otherOccupation',
  texte: 'description',
  postes: 'posts',
  code_postal: 'postcode',
  localite: 'locality',
  contrat: 'contract',
  duree: 'contractLength',
  regime: 'regime',
  heures: 'weeklyMinutes',
  debut: 'startsOn',
  cp: 'jointCommittee',
  bareme: 'payScale',
  salaire_min: 'payMin',
  salaire_max: 'payMax',
  salaire_par: 'payPer',
  salaire_entretien: 'payToldBeforeInterview',
  aides: 'aids',
  diplome: 'diploma',
  experience: 'experience',
  langues: 'languages',
  permis: 'drivingLicence',
  limite: 'endsOn',
  courriel: 'applyEmail',
  lien: 'applyUrl',
  telephone: 'applyPhone',
  consignes: 'applyNote',
} as const satisfies Readonly<Record<string, keyof OfferContent>>

export type Field = keyof typeof FIELDS

export const FIELD_NAMES = Object.keys(FIELDS) as readonly Field[]

/** The field one types this part of the offer in. */
export function fieldOf(part: keyof OfferContent): Field {
  // FIELDS names every part once; the test of this file holds it to that.
  return FIELD_NAMES.find((field) => FIELDS[field] === part) as Field
}

const typedText = z.string().default('')

/** What was left empty is unsaid. */
const orNull = <T>(text: string, read: (text: string) => T): T | null =>
  text === '' ? null : read(text)

const shortText = (longest: number) =>
  typedText
    .transform(line)
    .refine((text) => [...text].length <= longest, 'job-offers.error.too-long')
    .transform((text) => orNull(text, String))

const longText = (longest: number) =>
  typedText
    .transform(paragraphs)
    .refine((text) => [...text].length <= longest, 'job-offers.error.too-long')
    .transform((text) => orNull(text, String))

/** Text a reader of ours turns into a value; what it cannot read is a mistake with its own message. */
const readBy = <T>(read: (text: string) => T | null, mistake: string) =>
  typedText.transform(line).transform((text, ctx): T | null => {
    if (text === '') return null
    const value = read(text)
    if (value === null) ctx.addIssue({ code: 'custom', message: mistake })
    return value
  })

const oneOf = <const List extends readonly string[]>(list: List) =>
  readBy<List[number]>(
    (text) => list.find((one) => one === text) ?? null,
    'job-offers.error.choice',
  )

const ticked = z
  .string()
  .optional()
  .transform((value) => Boolean(value))

const PHONE = /^\+?\d(?:[\d ./()-]{6,20})\d$/

/** The form of a job offer (4.2.7). Everything may stay empty: what is missing is a matter of rules. */
export const offerForm = z.object({
  titre: typedText.transform(line).refine(isTitle, 'job-offers.error.title-length'),
  fonction: oneOf(OCCUPATIONS),
  autre_fonction: shortText(80),
  texte: longText(8000),
  postes: readBy((text) => wholeNumber(text, 99), 'job-offers.error.posts').transform(
    (n) => n ?? 1,
  ),
  code_postal: readBy(
    (text) => (/^[1-9]\d{3}$/.test(text) ? text : null),
    'job-offers.error.postcode',
  ),
  localite: shortText(60),
  contrat: oneOf(CONTRACTS),
  duree: shortText(80),
  regime: oneOf(REGIMES),
  heures: readBy(parseWeek, 'job-offers.error.hours'),
  debut: readBy(parseDay, 'job-offers.error.date'),
  cp: oneOf(JOINT_COMMITTEES),
  bareme: shortText(120),
  salaire_min: readBy(parseAmount, 'job-offers.error.amount'),
  salaire_max: readBy(parseAmount, 'job-offers.error.amount'),
  salaire_par: oneOf(PAY_PERIODS).transform((period) => period ?? 'month'),
  salaire_entretien: ticked,
  aides: z
    .array(z.string())
    .default([])
    .transform((given) => AIDS.filter((aid) => given.includes(aid))),
  diplome: shortText(120),
  experience: shortText(120),
  langues: shortText(120),
  permis: ticked,
  limite: readBy(parseDay, 'job-offers.error.date'),
  courriel: readBy((text) => (isEmail(text) ? text : null), 'job-offers.error.email'),
  lien: readBy(parseWebAddress, 'job-offers.error.web-address'),
  telephone: readBy((text) => (PHONE.test(text) ? text : null), 'job-offers.error.phone'),
  consignes: longText(1000),
})

/** Fields that may be sent several times: check boxes. */
export const MANY = ['aides'] as const

function isTitle(text: string): boolean {
  const { length } = [...text]
  return length === 0 || (length >= 10 && length <= 120)
}

function wholeNumber(text: string, most: number): number | null {
  return /^[1-9]\d{0,3}$/.test(text) && Number(text) <= most ? Number(text) : null
}

const email = z.email().max(254)
const isEmail = (text: string): boolean => email.safeParse(text).success

/** Mistakes of a form: field → catalogue key. */
export type Mistakes = ReadonlyMap<Field, string>

/**
 * Reads what was typed. Fields that cannot be read count as left empty, so that everything wrong is
 * said at once.
 */
export function readOffer(typed: Typed): { content: OfferContent; mistakes: Mistakes } {
  const first = offerForm.safeParse(typed)
  const mistakes = new Map<Field, string>()
  for (const issue of first.error?.issues ?? []) {
    const field = issue.path[0] as Field
    if (!mistakes.has(field)) mistakes.set(field, issue.message)
  }
  const readable = Object.entries(typed).filter(([name]) => !mistakes.has(name as Field))
  const values = first.success ? first.data : offerForm.parse(Object.fromEntries(readable))
  const content = contentOf(values)
  const { payMin, payMax } = content
  if (payMin !== null && payMax !== null && payMax < payMin) {
    mistakes.set('salaire_max', 'job-offers.error.pay-order')
  }
  return { content, mistakes }
}

type Values = z.output<typeof offerForm>

/** Each field's value under the name of its part: the compiler holds it against `OfferContent`. */
type Read = { readonly [F in Field as (typeof FIELDS)[F]]: Values[F] }

function contentOf(values: Values): OfferContent {
  return Object.fromEntries(FIELD_NAMES.map((field) => [FIELDS[field], values[field]])) as Read
}

/** An offer as one would type it: readOffer(typedOf(content)) gives the content back. */
export function typedOf(content: OfferContent): Typed {
  const { weeklyMinutes, startsOn, endsOn, payMin, payMax } = content
  const typed: Record<string, string | readonly string[]> = {}
  for (const field of FIELD_NAMES) {
    const value = content[FIELDS[field]]
    if (typeof value === 'string' || typeof value === 'number') typed[field] = String(value)
    else typed[field] = Array.isArray(value) ? value : ''
  }
  return {
    ...typed,
    heures: weeklyMinutes === null ? '' : formatWeek(weeklyMinutes),
    debut: startsOn === null ? '' : formatDay(startsOn),
    limite: endsOn === null ? '' : formatDay(endsOn),
    salaire_min: payMin === null ? '' : formatAmount(payMin),
    salaire_max: payMax === null ? '' : formatAmount(payMax),
    salaire_entretien: content.payToldBeforeInterview ? 'oui' : '',
    permis: content.drivingLicence ? 'oui' : '',
  }
}

/** What was typed, written as we would write it; what cannot be read stays as it is. */
export function canonical(typed: Typed): Typed {
  const { content, mistakes } = readOffer(typed)
  const unreadable = Object.entries(typed).filter(([name]) => mistakes.has(name as Field))
  return { ...typedOf(content), ...Object.fromEntries(unreadable) }
}
