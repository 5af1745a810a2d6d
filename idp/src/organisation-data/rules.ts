import type { RegisterSeat, Seat, Texts } from '#rules/register'
import { inLanguage, seatIn, seatOnOneLine } from '#rules/register'

/** What an organisation tells of itself: its name, where it is, how to reach it (4.2.3). */
export interface Described {
  readonly name: string
  readonly acronym: string | null
  readonly street: string
  readonly postcode: string
  readonly locality: string
  /** E.164 */
  readonly phone: string | null
  readonly email: string | null
  readonly website: string | null
  readonly sectors: readonly Sector[]
}

/** What its registration asks beside that (4.2.3). */
export interface Registered extends Described {
  readonly nonprofit: boolean
  readonly billingEmail: string | null
  readonly vatStatus: VatStatus | null
}

/** Whom invoices are for, and where they go (4.2.10). */
export interface Billing {
  readonly name: string
  readonly street: string
  readonly postcode: string
  readonly locality: string
  readonly email: string
  readonly vatStatus: VatStatus
  readonly reference: string | null
  /** Null for who is not liable to VAT. */
  readonly peppolId: string | null
}

export const VAT_STATUSES = ['assujetti', 'franchise', 'exempte', 'non-assujetti'] as const
export type VatStatus = (typeof VAT_STATUSES)[number]

/** Structured invoices go to who is liable to VAT, the small ones included (R16). */
export const isLiable = (status: string | null): boolean =>
  status === 'assujetti' || status === 'franchise'

/** Where its structured invoices go, unless it says otherwise (4.2.10). */
export const peppolIdOf = (bce: string): string => `0208:${bce}`

/** `0208:0566988259`: a scheme of four digits, and a name in it. */
export function readPeppolId(typed: string): string | null {
  const id = typed.normalize('NFKC').replaceAll(/\s/g, '').toLowerCase()
  return /^\d{4}:[a-z\d.-]{1,50}$/.test(id) ? id : null
}

/** Fields of activity, wide enough for everybody to find theirs (R3 has 120 of them in the directory). */
export const SECTORS = [
  'aide-sociale',
  'aide-a-la-jeunesse',
  'accueil-enfance',
  'aines',
  'culture',
  'education-permanente',
  'enseignement-formation',
  'environnement',
  'handicap',
  'hebergement',
  'insertion-emploi',
  'justice-droits',
  'logement',
  'migration',
  'sante',
  'sante-mentale',
  'solidarite-internationale',
  'sport-loisirs',
  'autre',
] as const
export type Sector = (typeof SECTORS)[number]

/**
 * A line somebody writes about their organisation; what is between the lines of a page (controls, turned
 * directions) is not in it, nor is markup.
 */
export function readLine(typed: string): string | null {
  const line = typed.normalize('NFC').trim().replaceAll(/\s+/gu, ' ')
  const isOne = /^[^\p{C}\p{Zl}\p{Zp}<>]+$/u.test(line) && [...line].length <= 160
  return isOne ? line : null
}

/** « www.tilleuls.be » → `https://www.tilleuls.be/`; null for what is no address of a web site. */
export function readWebsite(typed: string): string | null {
  const text = typed.normalize('NFKC').trim()
  const address = URL.parse(/^https?:\/\//i.test(text) ? text : `https://${text}`)
  if (!address || !/^[^.]+(\.[^.]+)+$/.test(address.hostname)) return null
  const isPlain =
    (address.protocol === 'https:' || address.protocol === 'http:') &&
    address.username === '' &&
    address.password === ''
  return isPlain && address.href.length <= 300 ? address.href : null
}

/** What the register says of an organisation at one moment, as it is remembered. */
export interface Seen {
  readonly name: string | null
  readonly seat: string | null
  /** The code of its legal form. */
  readonly form: string | null
  readonly ceased: boolean
}

export function seenIn(enterprise: {
  readonly names: Texts
  readonly seat: RegisterSeat | null
  readonly form: string | null
  readonly ceasedOn: string | null
}): Seen & { readonly place: Seat | null } {
  const place = seatIn(enterprise.seat, 'fr')
  return {
    name: inLanguage(enterprise.names, 'fr'),
    seat: seatOnOneLine(place),
    place,
    form: enterprise.form,
    ceased: enterprise.ceasedOn !== null,
  }
}

export type What = 'name' | 'seat' | 'form' | 'ceased'

/** One thing to be done about a change of the register (4.5). */
export type Finding =
  /** Proposed to the GESTIONNAIRE, in the place of what was proposed before. */
  | {
      readonly what: What
      readonly propose: true
      readonly before: string | null
      readonly after: string | null
    }
  /** What was proposed no longer differs from what holds here. */
  | { readonly what: What; readonly propose: false }

const fold = (text: string | null): string =>
  (text ?? '')
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase()

/**
 * What the register says otherwise than the last time it was looked at. How an organisation spells its
 * own name is its own affair: only a change of the register is one, not that the two differ. That it has
 * ceased is told even when it is seen for the first time.
 *
 * @param before null when the two were never compared
 * @param own what holds in MyANM
 */
export function findingsOf(given: {
  readonly before: Seen | null
  readonly now: Seen
  readonly own: {
    readonly name: string
    readonly seat: string | null
    readonly form: string | null
  }
}): Finding[] {
  const { before, now, own } = given
  const findings: Finding[] = []
  for (const what of ['name', 'seat', 'form'] as const) {
    const [was, is] = [before?.[what] ?? null, now[what]]
    if (before === null || is === null || was === is) continue
    findings.push(
      fold(own[what]) === fold(is)
        ? { what, propose: false }
        : { what, propose: true, before: own[what], after: is },
    )
  }
  if (now.ceased !== (before?.ceased ?? false)) {
    findings.push(
      now.ceased
        ? { what: 'ceased', propose: true, before: null, after: null }
        : { what: 'ceased', propose: false },
    )
  }
  return findings
}

/**
 * Whether an organisation may use a unit: it is its own and is there. One it has chosen already stays its
 * own to name, though the register has it no more: nothing is taken away silently.
 */
export function mayUse(
  unit: { readonly enterprise: string; readonly endedOn: string | null },
  own: { readonly bce: string | null; readonly isChosen: boolean },
): boolean {
  return own.isChosen || (unit.enterprise === own.bce && unit.endedOn === null)
}

const textOf = (typed: string | readonly string[] | undefined): string | undefined =>
  typeof typed === 'string' ? typed.trim() : typed?.join(', ')

/** Another tab was first: which of the fields it was shown no longer say what they said. */
export function changedFields(
  typed: Readonly<Record<string, string | readonly string[]>>,
  now: Readonly<Record<string, string | readonly string[]>>,
): string[] {
  return Object.keys(now).filter(
    (field) => textOf(typed[field]) !== undefined && textOf(typed[field]) !== textOf(now[field]),
  )
}
