import type { Actor } from '@myanm/permissions'
import { atLeast, type Role } from '@myanm/permissions'

/**
 * In what capacity somebody is here (9.1, 9.2): a `candidat` does a bilan; a `conseiller` follows some; an
 * `observateur` sees counts; an `admin_academique` runs the accounts. A link to the académie alone makes
 * an observer: content follows the person, not the role.
 */
export type Capacity = 'candidat' | 'conseiller' | 'observateur' | 'admin_academique'

/** How far a right goes. */
export type Reach = 'own' | 'own-candidates' | 'counts' | 'account-data'

export type Access = 'yes' | 'no' | Reach

/** Capacities in the order of table 9.2. */
const CAPACITIES = ['candidat', 'conseiller', 'observateur', 'admin_academique'] as const

type Cells = readonly [candidat: Access, conseiller: Access, observateur: Access, admin: Access]

/** Table 9.2, row by row: candidat, conseiller, observateur (LECTEUR), administrateur académique. */
// biome-ignore format: one line per row of the specification
export const BILAN_ACTIONS = {
  'space':               ['yes', 'yes',            'yes',    'yes'],
  'phase.fill':          ['own', 'no',             'no',     'no'],
  'phase.read':          ['own', 'own-candidates', 'no',     'no'],
  'phase.comment':       ['no',  'own-candidates', 'no',     'no'],
  'synthesis.download':  ['own', 'own-candidates', 'no',     'no'],
  'attestation.create':  ['no',  'own-candidates', 'no',     'no'],
  'attestation.read':    ['own', 'own-candidates', 'no',     'no'],
  'candidate.list':      ['no',  'own-candidates', 'counts', 'account-data'],
  'candidate.create':    ['no',  'yes',            'no',     'yes'],
  'counsellor.create':   ['no',  'no',             'no',     'yes'],
} as const satisfies Record<string, Cells>

export type BilanAction = keyof typeof BILAN_ACTIONS
export const BILAN_ACTION_KEYS = Object.keys(BILAN_ACTIONS) as readonly BilanAction[]

/** The link to the académie that a role of the site asks for (9.1); a candidate has none. */
const LEAST_LINK: Readonly<Record<'conseiller' | 'admin_academique', Role>> = {
  conseiller: 'COLLABORATEUR',
  admin_academique: 'RESPONSABLE',
}

/**
 * The capacities of somebody, from the site's roles in the claims and their link to the académie. What is
 * not exactly as specified gives none.
 */
export function capacitiesOf(actor: Actor, bilanClaim: unknown): readonly Capacity[] {
  const roles = rolesIn(bilanClaim)
  const link = actor.kind === 'person' ? actor.organisation : undefined
  const linkRole = link?.kind === 'academie' ? link.role : undefined
  return CAPACITIES.filter((capacity) => {
    if (capacity === 'candidat') return roles.includes('candidat')
    if (linkRole === undefined) return false
    if (capacity === 'observateur') return true
    return roles.includes(capacity) && atLeast(linkRole, LEAST_LINK[capacity])
  })
}

function rolesIn(claim: unknown): readonly unknown[] {
  const roles: unknown = Object.assign(Object.create(null), claim)['roles']
  return Array.isArray(roles) ? roles : []
}

/** May somebody with these capacities do this, and how far? The widest of what they give. */
export function accessOf(capacities: readonly Capacity[], action: BilanAction): Access {
  const given = capacities.map((capacity) => cellOf(action, capacity))
  return given.includes('yes') ? 'yes' : (given.find((access) => access !== 'no') ?? 'no')
}

/** Who may, for the sentence that explains why not. */
export function capacitiesFor(action: BilanAction): readonly Capacity[] {
  return CAPACITIES.filter((capacity) => cellOf(action, capacity) !== 'no')
}

function cellOf(action: BilanAction, capacity: Capacity): Access {
  return BILAN_ACTIONS[action][CAPACITIES.indexOf(capacity)] ?? 'no'
}
