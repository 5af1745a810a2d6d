import type { ActionKey } from '@myanm/permissions'
import type { Member, Verdict } from './matrix.ts'

// Every address of an organisation, and the row of matrix 5.3 that says who may. Whoever adds an address
// below `/organismes/:organisme` adds its row here: `permission-matrix.test.ts` fails until it is there.

/** One organisation, with people and things a request may name. */
export interface Place {
  readonly organisation: string
  /** Who leads it, a RESPONSABLE, and whom a request is about. */
  readonly manager: Somebody
  readonly responsable: Somebody
  readonly about: Somebody
  /** Somebody of no team, who asks to join. */
  readonly stranger: string
  /** What its forms have as version. */
  readonly version: string
  /** Names things that are arranged in this organisation: each has one of each kind. */
  readonly thing: string
}

export interface Somebody {
  readonly account: string
  readonly membership: string
}

/** Who asks, when that matters for what has to be there. */
export interface Asking extends Somebody {
  readonly column: Member
}

export interface Row {
  /** The row of 5.3 that opens this address. */
  readonly action: ActionKey
  /** What stands in the address after its route: `?role=LECTEUR`. */
  readonly query?: string
  /** What is sent, all of it valid. */
  readonly fields?: (place: Place) => Readonly<Record<string, string>>
  /** SQL for what has to be there first. */
  readonly arranged?: (place: Place, asking: Asking) => string
  /** What somebody who may is answered: `shown` for a page, `done` for a form, unless it says otherwise. */
  readonly answer?: Verdict
  /** Where the address is narrower than its row, or asks who one is besides: column by column, and why. */
  readonly but?: { readonly why: string } & Partial<Record<Member, Verdict>>
  /** Fields it may be sent besides that are called as a column is. */
  readonly takes?: readonly string[]
  /** Names a thing in its address or its fields that another organisation may have as well. */
  readonly names?: 'thing' | 'member'
}

const REASON = 'Nous en avons parlé à l’assemblée.'

const invited = ({ organisation, thing }: Place, by: Somebody): string =>
  `insert into invitation (id, organisation_id, email, role, invited_by, sent_at)
    values ('${thing}', '${organisation}', 'attendue@exemple.com', 'LECTEUR', '${by.account}',
      now() - interval '2 days')`

const asked = ({ organisation, thing, stranger }: Place): string =>
  `insert into join_request (id, organisation_id, account_id)
    values ('${thing}', '${organisation}', '${stranger}')`

const proposed = ({ organisation, thing, manager, responsable }: Place): string =>
  `insert into manager_transfer (id, organisation_id, from_membership, to_membership)
    values ('${thing}', '${organisation}', '${manager.membership}', '${responsable.membership}')`

/** Handed over yesterday by who is a RESPONSABLE now. */
const handedOver = ({ organisation, thing, manager, responsable }: Place): string =>
  `insert into manager_transfer (id, organisation_id, from_membership, to_membership, state,
      proposed_at, settled_at, undo_until)
    values ('${thing}', '${organisation}', '${responsable.membership}', '${manager.membership}',
      'accepted', now() - interval '2 days', now() - interval '1 day', now() + interval '2 days');
   update membership set role_since = (select settled_at from manager_transfer where id = '${thing}')
    where id = '${manager.membership}'`

/** Led by nobody, unless it is who leads that asks. */
const vacant = ({ organisation, manager }: Place, { column }: Asking): string =>
  column === 'G'
    ? 'select 1'
    : `update membership set state = 'left', until = now() where id = '${manager.membership}';
       update organisation set state = 'vacant' where id = '${organisation}'`

const takenOver = ({ organisation, thing }: Place, { account, membership }: Somebody): string =>
  `insert into rescue (id, organisation_id, membership_id, account_id, reason)
    values ('${thing}', '${organisation}', '${membership}', '${account}', '${REASON}')`

const announced = ({ organisation, thing }: Place): string =>
  `insert into register_change (id, organisation_id, what, before, after)
    values ('${thing}', '${organisation}', 'name', 'Un ancien nom', 'Un autre nom')`

/** A unit of the register that is this organisation's. */
const settled = ({ organisation }: Place): string =>
  `insert into register_unit (number, enterprise)
    select '2134560125', bce from organisation where id = '${organisation}'
    on conflict (number) do update set enterprise = excluded.enterprise, ended_on = null`

const reviewed = ({ organisation, thing }: Place): string =>
  `insert into member_review (id, organisation_id) values ('${thing}', '${organisation}')`

const ONLY_WHO_LEADS = {
  why: 'what the register says, and how far rights go, is for the GESTIONNAIRE alone (4.5, M41)',
  R: 'E14',
} as const
const ONLY_THE_TWO = {
  why: 'who handed over and who leads undo it, nobody else (ahead 4)',
  L: 'refused 409',
  C: 'refused 409',
} as const
const ONLY_RESPONSABLES = {
  why: 'whoever is RESPONSABLE answers for what nobody leads; who leads has it already (ahead 4)',
  L: 'E14',
  C: 'E14',
  G: 'E14',
} as const

const nothing = () => ({})
const BASE = '/organismes/:organisme'
const INVITATION = `${BASE}/equipe/inviter/:invitation`
const MEMBER = `${BASE}/equipe/membres/:membre`
const MANAGER = `${BASE}/gestionnaire`

export const ORGANISATION_ROUTES: Readonly<Record<string, Row>> = {
  [`GET ${BASE}`]: { action: 'org.read' },
  [`GET ${BASE}/inscrit`]: { action: 'org.read' },
  [`POST ${BASE}/role`]: {
    action: 'org.read',
    fields: () => ({ role: 'RESPONSABLE' }),
    but: { why: 'nobody asks for what they have', R: 'unmoved', G: 'unmoved' },
  },

  [`GET ${BASE}/donnees`]: { action: 'org.read' },
  [`GET ${BASE}/donnees/modifier`]: { action: 'org.edit' },
  [`POST ${BASE}/donnees/modifier`]: {
    action: 'org.edit',
    fields: ({ version }) => ({
      version,
      nom: 'Un nom tout neuf',
      rue: 'Rue du Marais 1',
      code_postal: '1000',
      localite: 'Bruxelles',
      telephone: '02 511 00 00',
    }),
    takes: ['site'],
  },
  [`GET ${BASE}/donnees/facturation`]: { action: 'org.edit' },
  [`POST ${BASE}/donnees/facturation`]: {
    action: 'org.edit',
    fields: ({ version }) => ({
      version,
      nom_facturation: 'Un nom tout neuf',
      rue_facturation: 'Rue du Marais 1',
      code_postal_facturation: '1000',
      localite_facturation: 'Bruxelles',
      regime_tva: 'non-assujetti',
      courriel_facturation: 'factures@exemple.com',
    }),
    takes: ['reference'],
  },
  [`GET ${BASE}/donnees/unites`]: { action: 'org.edit' },
  [`POST ${BASE}/donnees/unites`]: {
    action: 'org.edit',
    arranged: settled,
    fields: () => ({ unite: '2134560125', nom_court: 'Site du Marais', choix: 'utiliser' }),
  },
  [`POST ${BASE}/donnees/changements/:changement`]: {
    action: 'org.edit',
    arranged: announced,
    fields: () => ({ decision: 'ecarter' }),
    but: ONLY_WHO_LEADS,
    names: 'thing',
  },
  [`POST ${BASE}/donnees/collegues`]: {
    action: 'org.edit',
    fields: () => ({ collegues: 'oui' }),
    but: ONLY_WHO_LEADS,
  },

  [`GET ${BASE}/equipe`]: { action: 'team.read' },
  [`GET ${BASE}/equipe/inviter`]: { action: 'team.invite' },
  [`POST ${BASE}/equipe/inviter`]: {
    action: 'team.invite',
    fields: () => ({ email: 'nouvelle@exemple.com', role: 'LECTEUR' }),
    takes: ['message', 'site'],
  },
  [`GET ${BASE}/equipe/inviter/plusieurs`]: { action: 'team.invite' },
  [`POST ${BASE}/equipe/inviter/plusieurs`]: {
    action: 'team.invite',
    fields: () => ({
      liste: 'une@exemple.com\nautre@exemple.com',
      role: 'LECTEUR',
      etape: 'envoyer',
    }),
    takes: ['message', 'site'],
  },
  [`GET ${INVITATION}`]: { action: 'team.invite.cancel', arranged: invited, names: 'thing' },
  [`POST ${INVITATION}/renvoyer`]: {
    action: 'team.invite',
    arranged: invited,
    fields: nothing,
    names: 'thing',
  },
  [`POST ${INVITATION}/adresse`]: {
    action: 'team.invite.cancel',
    arranged: invited,
    fields: () => ({ email: 'corrigee@exemple.com' }),
    names: 'thing',
  },
  [`POST ${INVITATION}/annuler`]: {
    action: 'team.invite.cancel',
    arranged: invited,
    fields: nothing,
    names: 'thing',
  },

  [`GET ${MEMBER}`]: { action: 'team.role', names: 'member' },
  [`GET ${MEMBER}/role`]: { action: 'team.role', query: '?role=LECTEUR', names: 'member' },
  [`POST ${MEMBER}/role`]: {
    action: 'team.role',
    fields: () => ({ role: 'LECTEUR', vu: 'COLLABORATEUR' }),
    names: 'member',
  },
  [`GET ${MEMBER}/retirer`]: { action: 'team.remove', names: 'member' },
  [`POST ${MEMBER}/retirer`]: {
    action: 'team.remove',
    fields: () => ({ vu: 'COLLABORATEUR' }),
    names: 'member',
  },

  [`GET ${BASE}/equipe/demandes`]: { action: 'join.decide' },
  [`POST ${BASE}/equipe/demandes/:requestId`]: {
    action: 'join.decide',
    arranged: asked,
    fields: () => ({ decision: 'LECTEUR' }),
    names: 'thing',
  },

  [`GET ${BASE}/equipe/revue`]: { action: 'org.edit', arranged: reviewed },
  [`POST ${BASE}/equipe/revue/commencer`]: { action: 'team.role', fields: nothing },
  [`POST ${BASE}/equipe/revue`]: {
    action: 'team.role',
    arranged: reviewed,
    fields: ({ about }) => ({ membre: about.membership, decision: 'kept', vu: 'COLLABORATEUR' }),
    names: 'member',
  },

  [`GET ${MANAGER}`]: { action: 'team.read' },
  [`GET ${MANAGER}/transferer`]: { action: 'manager.transfer' },
  [`POST ${MANAGER}/transferer`]: {
    action: 'manager.transfer',
    fields: ({ responsable }) => ({ personne: responsable.account }),
    names: 'member',
  },
  [`POST ${MANAGER}/annuler`]: {
    action: 'manager.transfer',
    arranged: proposed,
    fields: ({ thing }) => ({ proposition: thing }),
    names: 'thing',
  },
  [`GET ${MANAGER}/accepter`]: { action: 'manager.accept', arranged: proposed },
  [`POST ${MANAGER}/accepter`]: {
    action: 'manager.accept',
    arranged: proposed,
    fields: ({ thing }) => ({ proposition: thing }),
    names: 'thing',
  },
  [`POST ${MANAGER}/refuser`]: {
    action: 'manager.accept',
    arranged: proposed,
    fields: ({ thing }) => ({ proposition: thing }),
    names: 'thing',
  },
  [`GET ${MANAGER}/defaire`]: { action: 'team.read', arranged: handedOver, but: ONLY_THE_TWO },
  [`POST ${MANAGER}/defaire`]: {
    action: 'team.read',
    arranged: handedOver,
    fields: ({ thing }) => ({ proposition: thing }),
    but: ONLY_THE_TWO,
    names: 'thing',
  },
  [`GET ${MANAGER}/reprendre`]: {
    action: 'team.read',
    arranged: vacant,
    but: ONLY_RESPONSABLES,
  },
  [`POST ${MANAGER}/reprendre`]: {
    action: 'team.read',
    arranged: vacant,
    fields: () => ({ raison: REASON }),
    but: ONLY_RESPONSABLES,
  },
  [`POST ${MANAGER}/reprendre/retirer`]: {
    action: 'team.read',
    arranged: (place, asking) => `${vacant(place, asking)}; ${takenOver(place, place.responsable)}`,
    fields: ({ thing }) => ({ proposition: thing }),
    but: {
      why: 'only who asked takes it back',
      L: 'refused 409',
      C: 'refused 409',
      G: 'refused 409',
    },
    names: 'thing',
  },
  [`GET ${MANAGER}/opposition`]: {
    action: 'team.read',
    arranged: (place, asking) => `${vacant(place, asking)}; ${takenOver(place, place.about)}`,
    but: ONLY_RESPONSABLES,
  },
  [`POST ${MANAGER}/opposition`]: {
    action: 'team.read',
    arranged: (place, asking) => `${vacant(place, asking)}; ${takenOver(place, place.about)}`,
    fields: ({ thing }) => ({ proposition: thing, raison: REASON }),
    but: ONLY_RESPONSABLES,
    names: 'thing',
  },

  [`GET ${BASE}/quitter`]: { action: 'org.leave' },
  [`POST ${BASE}/quitter`]: { action: 'org.leave', fields: nothing },
  [`GET ${BASE}/fermeture`]: { action: 'org.close' },
  [`POST ${BASE}/fermeture`]: { action: 'org.close', fields: () => ({ raison: REASON }) },
  [`GET ${BASE}/journal`]: { action: 'org.journal' },
  [`GET ${BASE}/journal/ce-jour-la`]: { action: 'org.journal' },
}
