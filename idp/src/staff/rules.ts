import type { Role } from '@myanm/permissions'
import { readBce } from '#rules/organisations'

/** What somebody of the team may do; least privilege, so that more is given by name (specification 5.1). */
export type StaffRight = 'support'

/** The team's pages, in the order they are named beside each of them. */
export const STAFF_PAGES = [
  { key: 'overview', path: '/equipe-anm' },
  { key: 'organisations', path: '/equipe-anm/organismes' },
  { key: 'duplicates', path: '/equipe-anm/doublons' },
  { key: 'messages', path: '/equipe-anm/messages' },
  { key: 'corrections', path: '/equipe-anm/corrections' },
  { key: 'letters', path: '/equipe-anm/courriels' },
  { key: 'sites', path: '/equipe-anm/sites' },
  { key: 'team', path: '/equipe-anm/equipe' },
] as const

export type StaffPage = (typeof STAFF_PAGES)[number]['key']

/** Characters a search begins with: one would list half of everybody. */
export const SHORTEST_SEARCH = 3
/** People a search shows; whoever is not among them is found by typing more. */
export const MOST_FOUND = 20

/** What was typed, as it is looked for: `LIKE` patterns of a login or address, and of a name. */
export interface Search {
  readonly key: string
  /** « Anne Dupont »: both orders, since people type both. */
  readonly names: readonly { readonly given: string; readonly family: string }[]
}

/** @returns null when there is too little to look for */
export function readSearch(typed: string): Search | null {
  const text = typed.normalize('NFKC').trim().replaceAll(/\s+/g, ' ')
  if ([...text].length < SHORTEST_SEARCH) return null
  const words = text.split(' ')
  const splits = words.slice(1).flatMap((_, index) => {
    const [left, right] = [words.slice(0, index + 1).join(' '), words.slice(index + 1).join(' ')]
    return [
      { given: left, family: right },
      { given: right, family: left },
    ]
  })
  return { key: prefix(text), names: [{ given: '', family: text }, ...splits].map(prefixes) }
}

const prefixes = ({ given, family }: { readonly given: string; readonly family: string }) => ({
  given: prefix(given),
  family: prefix(family),
})

/** What is typed is a beginning, never a pattern: `%` would list everybody. */
const prefix = (text: string): string => `${text.replaceAll(/[\\%_]/g, '\\$&')}%`

/** « a…@exemple.be »: enough to know the right one among several, before opening one. */
export function maskedEmail(email: string | null): string | null {
  if (email === null) return null
  const [local = '', domain = ''] = email.split('@')
  return `${[...local][0] ?? ''}…@${domain}`
}

/** Why somebody of the team may not do this. */
export type StaffRefusal =
  /** It is their own account. */
  | 'own-account'
  /** They proposed it: somebody else decides (M64). */
  | 'own-proposal'
  /** It is decided, or the account is no longer as it was. */
  | 'not-now'
  /** A team is no longer as the page showed it. */
  | 'changed'
  /** Another organisation went the same way later. */
  | 'later-first'
  /** The address is somebody's. */
  | 'address-taken'
  /** They are no longer of the team, or suspended. */
  | 'not-staff'
  /** No open account has this address or login. */
  | 'nobody'
  /** They are of the organisation themselves: somebody else of the team does it. */
  | 'own-organisation'
  /** This person leads the organisation: there is nothing to give, and nothing to take alone. */
  | 'leads-already'
  | 'leads'

export function refusalToAct(staff: string, account: string): StaffRefusal | null {
  return staff === account ? 'own-account' : null
}

export function refusalToDecide(
  staff: string,
  correction: { readonly state: string; readonly account: string; readonly proposedBy: string },
): StaffRefusal | null {
  if (correction.state !== 'proposed') return 'not-now'
  if (correction.account === staff) return 'own-account'
  return correction.proposedBy === staff ? 'own-proposal' : null
}

/** What may be proposed for an account (6.1, M64). */
export type CorrectionKind = 'address' | 'second-factor'

/** An old account whose mailbox is dead gets another; who has come over changes it themselves. */
export function refusalToPropose(
  kind: CorrectionKind,
  account: { readonly state: string; readonly hasSecondFactor: boolean },
): StaffRefusal | null {
  const isPossible =
    kind === 'address'
      ? account.state === 'legacy'
      : account.state === 'active' && account.hasSecondFactor
  return isPossible ? null : 'not-now'
}

/** What may be done with an account in this state, by somebody else than its person. */
export function gesturesOn(account: {
  readonly state: string
  readonly hasEmail: boolean
  readonly hasSecondFactor: boolean
  readonly isOwn: boolean
}): readonly ('suspend' | 'lift' | 'remind-login' | CorrectionKind)[] {
  const { state, hasEmail, hasSecondFactor, isOwn } = account
  if (isOwn) return []
  return [
    ...(hasEmail && (state === 'active' || state === 'legacy') ? (['remind-login'] as const) : []),
    ...(state === 'legacy' ? (['address'] as const) : []),
    ...(state === 'active' && hasSecondFactor ? (['second-factor'] as const) : []),
    ...(state === 'active' ? (['suspend'] as const) : []),
    ...(state === 'suspended' ? (['lift'] as const) : []),
  ]
}

/** What is looked for among organisations: a number, or words as the database searches them. */
export interface OrganisationSearch {
  readonly bce: string | null
  readonly words: string
}

/** @returns null when there is too little to look for */
export function readOrganisationSearch(typed: string): OrganisationSearch | null {
  const bce = readBce(typed)
  if (bce !== null) return { bce, words: '' }
  // Letters and digits only: what is typed is a beginning of words, never an operator.
  const words = typed
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  if ([...words.join('')].length < SHORTEST_SEARCH) return null
  return { bce: null, words: words.map((word) => `${word}:*`).join(' & ') }
}

/** What two of the team decide about an organisation (M64, P32; ahead 4). */
export type MeasureKind = 'vacant' | 'appoint' | 'rescue' | 'close' | 'reopen'

/** What may be proposed of an organisation in this state. */
export function measuresOn(organisation: {
  readonly state: 'active' | 'vacant' | 'closed'
  /** Somebody asks to take it over, and the others can no longer object. */
  readonly hasDueRescue: boolean
}): readonly MeasureKind[] {
  const { state, hasDueRescue } = organisation
  if (state === 'closed') return ['reopen']
  if (state === 'active') return ['appoint', 'vacant', 'close']
  return [...(hasDueRescue ? (['rescue'] as const) : []), 'appoint', 'close']
}

/** What an organisation that is closed, or opened again, is to a member: which words their letter has. */
export type Place = 'leads' | 'answers' | 'vacant' | 'member'

export function placeInTeam(role: Role, organisation: { readonly isVacant: boolean }): Place {
  if (role === 'GESTIONNAIRE') return 'leads'
  if (role !== 'RESPONSABLE') return 'member'
  return organisation.isVacant ? 'vacant' : 'answers'
}

/** What one of the team does in an organisation alone, and says why (P15, P22, P24, P38; ahead 4). */
export type OrganisationGesture =
  | 'remove-member'
  | 'refuse-rescue'
  | 'cancel-invitation'
  | 'read-journal'
  | 'correct'

/** Of a list, as many as are read at a glance; the rest is a page further. */
export const MOST_LISTED = 50

/** Where a page of a list begins, by its key: the last one of the page before; null for the first. */
export interface Turn {
  readonly after: string | null
  readonly most: number
}

/** A page of a list of which one more than is shown was asked for, and where the next begins. */
export function pageOf<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): { readonly shown: readonly Row[]; readonly next: string | null } {
  const shown = rows.slice(0, MOST_LISTED)
  const last = shown.at(-1)
  return { shown, next: rows.length > MOST_LISTED && last ? keyOf(last) : null }
}

/** The key of what has one of its own. */
export const byId = ({ id }: { readonly id: string }): string => id
