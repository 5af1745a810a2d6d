import type { ActionKey, Extent } from './actions.ts'
import { deepFreeze } from './deep-freeze.ts'
import type { Role } from './ladder.ts'
import type { Service } from './services.ts'

/**
 * Whose the thing is that an action bears on: the `context` one acts in (the organisation one acts
 * for, else oneself), the `organisation` only, the `person` only, `either` of these two, `another`
 * organisation than one's own, or `nobody` in particular.
 */
export type Belonging = 'context' | 'organisation' | 'person' | 'either' | 'another' | 'nobody'

export interface Bounds {
  readonly belongs: Belonging
  /** Services of 5.2 the action is part of: one of them has to be open. None: it is MyANM's own. */
  readonly services: readonly Service[]
  /**
   * Asked of one thing (this ad, that member): `decide` then wants a target, and a fact that the
   * target leaves unsaid counts against the actor.
   */
  readonly ofOneThing?: true
  /** The roles the other person may hold or be given. */
  readonly roles?: readonly Role[]
  /** Narrows the action for everybody who may do it. */
  readonly limit?: Extent
  /** Setting of the organisation that opens the cells `option`. */
  readonly option?: string
  /** Puts something before the public: not for an organisation nobody has checked yet (D13). */
  readonly goesPublic?: true
}

const ADS = ['emploi', 'agenda', 'formation', 'petite-annonce'] as const

const BELOW_MANAGER = ['LECTEUR', 'COLLABORATEUR', 'RESPONSABLE'] as const

const onOrganisation = { belongs: 'organisation', services: [] } as const
const onTeam = { ...onOrganisation, ofOneThing: true } as const

/** What the rows of 5.3 say in words rather than in cells. */
export const BOUNDS = deepFreeze({
  'read.public': { belongs: 'nobody', services: [] },
  'read.subscriber': {
    belongs: 'nobody',
    services: ['articles'],
    limit: 'subscribed',
    ofOneThing: true,
  },
  'ad.emploi.publish': { belongs: 'organisation', services: ['emploi'], goesPublic: true },
  'ad.agenda.publish': { belongs: 'context', services: ['agenda'], goesPublic: true },
  'ad.formation.publish': { belongs: 'context', services: ['formation'], goesPublic: true },
  'ad.petite.self': { belongs: 'person', services: ['petite-annonce'] },
  'ad.petite.org': { belongs: 'organisation', services: ['petite-annonce'], goesPublic: true },
  'ad.own': { belongs: 'either', services: ADS, ofOneThing: true },
  'ad.colleague': {
    belongs: 'organisation',
    services: ADS,
    ofOneThing: true,
    option: 'collaborateur_edits_colleagues_ads',
  },
  'ad.org.list': { belongs: 'organisation', services: ADS },
  'buy.unit': { belongs: 'context', services: ADS },
  'credit.use': { belongs: 'context', services: ADS },
  'buy.major': { belongs: 'context', services: [...ADS, 'articles'] },
  'org.read': onOrganisation,
  'org.edit': { belongs: 'context', services: [], ofOneThing: true },
  'org.fiche.publish': {
    belongs: 'organisation',
    services: ['annuaire'],
    ofOneThing: true,
    goesPublic: true,
  },
  'doc.generate': { belongs: 'organisation', services: ['tableau-de-bord'] },
  'team.read': onOrganisation,
  'team.private.read': onTeam,
  'team.invite': { ...onTeam, roles: ['LECTEUR', 'COLLABORATEUR'] },
  'team.invite.resp': { ...onTeam, roles: ['RESPONSABLE'] },
  'team.invite.cancel': onTeam,
  'team.role': { ...onTeam, roles: BELOW_MANAGER },
  'team.remove': { ...onTeam, roles: BELOW_MANAGER },
  'join.ask': { belongs: 'another', services: [] },
  'join.decide': { ...onTeam, roles: BELOW_MANAGER },
  'manager.transfer': { ...onTeam, roles: ['RESPONSABLE'] },
  'manager.accept': onTeam,
  'org.leave': onTeam,
  'bill.read': { belongs: 'context', services: [] },
  'contact.anm': { belongs: 'nobody', services: [] },
  'org.close': onTeam,
  'own.preferences': { belongs: 'person', services: ['personal'] },
  'cv.own': { belongs: 'person', services: ['personal'] },
  'cv.read': { belongs: 'nobody', services: ['personal'], limit: 'published' },
  'forum.post': { belongs: 'person', services: ['personal'] },
  'fiche.sweeli': { belongs: 'person', services: ['sweeli'], ofOneThing: true },
  'org.journal': onOrganisation,
  'ad.stats': { belongs: 'context', services: ADS },
} satisfies Record<ActionKey, Bounds>)

/** Actions that are asked of one thing. */
export type ActionOnOneThing = {
  [Key in ActionKey]: (typeof BOUNDS)[Key] extends { readonly ofOneThing: true } ? Key : never
}[ActionKey]
