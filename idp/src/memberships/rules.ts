import {
  type ActingOrganisation,
  type ActionKey,
  type Actor,
  compareRoles,
  type Extent,
  outlook,
  type Person,
  ROLES,
  type Role,
} from '@myanm/permissions'
import type { Standing } from '#accounts'

/** A person acting for the organisation whose pages they are on, as the rights see them. */
export function actorOf(standing: Standing): Person {
  const { account, organisation } = standing
  return {
    kind: 'person',
    accountType: account.type,
    accountActive: account.state === 'active',
    ...(organisation && {
      organisation: {
        id: organisation.id,
        name: organisation.name,
        role: organisation.role,
        kind: organisation.kind,
        nonprofit: organisation.nonprofit,
        legalForm: organisation.legal_form,
        options: organisation.options,
        // `standing` tells of running memberships in open organisations only.
        active: true,
        linkActive: true,
      },
    }),
  } satisfies Actor
}

/**
 * The pages of an organisation, in the order they are named beside each of them, and what somebody must
 * be allowed to do to be shown each (5.3).
 */
export const ORGANISATION_PAGES = [
  { key: 'overview', path: '', needs: 'org.read' },
  { key: 'data', path: '/donnees', needs: 'org.read' },
  { key: 'team', path: '/equipe', needs: 'team.read' },
  { key: 'invitations', path: '/equipe/inviter', needs: 'team.invite' },
  { key: 'requests', path: '/equipe/demandes', needs: 'join.decide' },
  // Open to a RESPONSABLE, who sees how far it is and is told when it goes unanswered.
  { key: 'review', path: '/equipe/revue', needs: 'org.edit' },
  { key: 'manager', path: '/gestionnaire', needs: 'team.read' },
  { key: 'journal', path: '/journal', needs: 'org.journal' },
] as const satisfies readonly {
  readonly key: string
  readonly path: string
  readonly needs: ActionKey
}[]

export type OrganisationPage = (typeof ORGANISATION_PAGES)[number]['key']

/** The roles a GESTIONNAIRE gives; their own goes to somebody else by hand-over only (M33, M43). */
export const GIVEN_ROLES = ['LECTEUR', 'COLLABORATEUR', 'RESPONSABLE'] as const
export type GivenRole = (typeof GIVEN_ROLES)[number]

export const isGivenRole = (role: unknown): role is GivenRole =>
  GIVEN_ROLES.some((given) => given === role)

/** One rung down; null below which there is none, and for the GESTIONNAIRE, who hands over. */
export function lowerRole(role: Role): GivenRole | null {
  const lower = ROLES[ROLES.indexOf(role) - 1]
  return isGivenRole(role) && isGivenRole(lower) ? lower : null
}

/**
 * Where each thing one does for an organisation is done, in the order people are told of it. What a
 * person does in their own name is not among them: no organisation gives or takes it.
 */
export const PLACES = {
  ads: [
    'ad.emploi.publish',
    'ad.agenda.publish',
    'ad.formation.publish',
    'ad.petite.org',
    'ad.own',
    'ad.colleague',
    'ad.org.list',
    'ad.stats',
    'credit.use',
    'org.fiche.publish',
    'cv.read',
  ],
  monasbl: ['read.subscriber', 'doc.generate'],
  myanm: [
    'buy.unit',
    'buy.major',
    'bill.read',
    'org.read',
    'org.edit',
    'team.read',
    'team.invite',
    'team.invite.resp',
    'team.role',
    'team.remove',
    'join.decide',
    'org.journal',
  ],
} as const satisfies Readonly<Record<string, readonly ActionKey[]>>

export type Place = keyof typeof PLACES

/** One thing done for an organisation, and how far it goes when it does not go all the way. */
export interface Doing {
  readonly action: ActionKey
  readonly extent: Extent | null
}

/** Things one does, by where. Places without any are left out. */
export type ByPlace = readonly { readonly place: Place; readonly doings: readonly Doing[] }[]

export interface Consequences {
  readonly lost: ByPlace
  readonly gained: ByPlace
}

/**
 * What another role, or none, changes for somebody, read from the matrix (5.3): told before it is done.
 * @param to null for who leaves the team
 */
export function consequencesOf(
  organisation: Omit<ActingOrganisation, 'role'>,
  { from, to }: { readonly from: Role; readonly to: Role | null },
): Consequences {
  // The person's own profile is theirs: what an organisation gives is told as of anybody (M54).
  const mayAs = (role: Role | null, action: ActionKey): Doing | null =>
    role === null
      ? null
      : doingOf(
          {
            kind: 'person',
            accountType: 'particulier',
            accountActive: true,
            organisation: { ...organisation, role },
          },
          action,
        )
  const isDown = to === null || compareRoles(to, from) < 0
  const those = (move: 'lost' | 'gained'): ByPlace =>
    byPlace((action) => {
      const [before, after] = [mayAs(from, action), mayAs(to, action)]
      if (before && !after) return move === 'lost' ? before : null
      if (!before && after) return move === 'gained' ? after : null
      if (before?.extent === after?.extent || isDown !== (move === 'lost')) return null
      return isDown ? before : after
    })
  return { lost: those('lost'), gained: those('gained') }
}

/**
 * How somebody stands to one thing done for an organisation; null when they may not. What they may in
 * their own name only is no part of it.
 */
export function doingOf(actor: Person, action: ActionKey): Doing | null {
  const decision = outlook(actor, action)
  if (!decision.allowed || decision.extent === 'self') return null
  return { action, extent: decision.extent ?? null }
}

export function byPlace(find: (action: ActionKey) => Doing | null): ByPlace {
  return (Object.keys(PLACES) as Place[])
    .map((place) => ({ place, doings: PLACES[place].map(find).filter((one) => one !== null) }))
    .filter(({ doings }) => doings.length > 0)
}

/** How far ahead a role may be given: further is a slip of the pen. */
export const LONGEST_TERM_YEARS = 10

const BRUSSELS = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Brussels',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

/** `2026-11-22`, where the people are. */
export const dayIn = (now: Date): string => BRUSSELS.format(now)

/**
 * The last day of a role as people write it: `2027-01-31` as browsers send it, or 31/01/2027.
 * @returns `2027-01-31`, or why it is none
 */
export function readLastDay(
  typed: string,
  today: string,
): { readonly day: string } | { readonly refused: 'invalid' | 'past' | 'too-far' } {
  const text = typed.trim()
  const [, d = '', m = '', y = ''] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text) ?? []
  const day = y === '' ? text : `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return { refused: 'invalid' }
  const read = new Date(`${day}T12:00:00Z`)
  // 31 February is no day, whatever calendars make of it.
  if (Number.isNaN(read.getTime()) || read.toISOString().slice(0, 10) !== day) {
    return { refused: 'invalid' }
  }
  if (day < today) return { refused: 'past' }
  const latest = `${Number(today.slice(0, 4)) + LONGEST_TERM_YEARS}${today.slice(4)}`
  return day > latest ? { refused: 'too-far' } : { day }
}

/** `2027-01-31` → 31/01/2027 (4.6). */
export const showDay = (day: string): string => day.split('-').reverse().join('/')

/** Why a move was not made. */
export type MoveRefusal =
  /** Who decides is no longer of the team, or the organisation is closed. */
  | 'not-of-team'
  /** Who decides may not, as they are now (E14). */
  | 'role-too-low'
  /** Whom it is about leads: hands over first (E16). */
  | 'leads'
  /** Whom it is about has left meanwhile. */
  | 'gone'
  /** Their role is no longer the one the page showed. */
  | 'changed'
  /** The last RESPONSABLE: who decides proves again who they are (4.3.5). */
  | 'prove-again'

/** Words of a search, few enough for a query. */
export const wordsOf = (typed: string): string[] =>
  typed.trim().split(/\s+/).filter(Boolean).slice(0, 6)

const IDENTIFIER = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** Whether a part of an address can be the identifier of anything. */
export const isIdentifier = (text: string): boolean => IDENTIFIER.test(text)
