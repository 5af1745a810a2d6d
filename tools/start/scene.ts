/** The demo scene: who exists, in which organisations, with which role. Names begin like the roles they play. */

export const organisations = [
  { key: 'tilleuls', name: 'Les Tilleuls ASBL', bce: '0566988259', kind: 'organisme' },
  { key: 'passage', name: 'Le Passage ASBL', bce: '0314595348', kind: 'organisme' },
  { key: 'tremplin', name: 'Le Tremplin ASBL', bce: '0412987693', kind: 'organisme' },
  { key: 'montpellier', name: 'Académie de Montpellier', bce: null, kind: 'academie' },
] as const

export type OrganisationKey = (typeof organisations)[number]['key']
export type Role = 'LECTEUR' | 'COLLABORATEUR' | 'RESPONSABLE' | 'GESTIONNAIRE'

export type ScenePerson = {
  readonly key: string
  readonly givenName: string
  readonly familyName: string
  readonly login: string
  readonly email: string
  readonly accountType: 'particulier' | 'independant' | 'organisme'
  readonly memberships: readonly { readonly organisation: OrganisationKey; readonly role: Role }[]
  /** Roles inside one site that are no role in an organisation (specification 9.1). */
  readonly siteRoles: readonly {
    readonly site: 'bilan'
    readonly role: 'conseiller' | 'candidat'
  }[]
  /** Active, unless said otherwise. */
  readonly state?: 'unconfirmed' | 'legacy' | 'suspended'
  /** Of the team of the ANM: signs in with the codes of an application, too. */
  readonly isStaff?: true
}

type Membership = ScenePerson['memberships'][number]

const inTilleuls = (role: Role): Membership => ({ organisation: 'tilleuls', role })
const inPassage = (role: Role): Membership => ({ organisation: 'passage', role })
const inTremplin = (role: Role): Membership => ({ organisation: 'tremplin', role })
const inMontpellier = (role: Role): Membership => ({ organisation: 'montpellier', role })

const member = (
  key: string,
  names: readonly [string, string],
  ...memberships: readonly Membership[]
): ScenePerson => person({ key, names, accountType: 'organisme', memberships })

const alone = (
  key: string,
  names: readonly [string, string],
  accountType: ScenePerson['accountType'],
): ScenePerson => person({ key, names, accountType, memberships: [] })

function person(of: {
  readonly key: string
  readonly names: readonly [string, string]
  readonly accountType: ScenePerson['accountType']
  readonly memberships: readonly Membership[]
}): ScenePerson {
  const [givenName, familyName] = of.names
  const login = plain(`${givenName}.${familyName}`)
  return {
    key: of.key,
    givenName,
    familyName,
    login,
    email: `${login}@exemple.be`,
    accountType: of.accountType,
    memberships: of.memberships,
    siteRoles:
      of.key === 'conseiller' || of.key === 'candidat' ? [{ site: 'bilan', role: of.key }] : [],
  }
}

/** Who has chosen a password: everybody but the one whose old account waits to be claimed. */
export const hasPassword = ({ state }: ScenePerson): boolean => state !== 'legacy'

const plain = (text: string) =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replace(/\s+/g, '').toLowerCase()

export const people: readonly ScenePerson[] = [
  member('lecteur', ['Lucie', 'Lambert'], inTilleuls('LECTEUR')),
  member('collaborateur', ['Colin', 'Claes'], inTilleuls('COLLABORATEUR')),
  member('collegue', ['Chloé', 'Cools'], inTilleuls('COLLABORATEUR')),
  member('responsable', ['Rachida', 'Renard'], inTilleuls('RESPONSABLE')),
  member('gestionnaire', ['Gérald', 'Gillet'], inTilleuls('GESTIONNAIRE')),
  member('voisin', ['Valérie', 'Vermeulen'], inPassage('GESTIONNAIRE')),
  member('multi', ['Martine', 'Maes'], inTilleuls('COLLABORATEUR'), inPassage('RESPONSABLE')),
  alone('particulier', ['Paul', 'Peeters'], 'particulier'),
  alone('demandeur', ['Denis', 'Dardenne'], 'particulier'),
  alone('independant', ['Inès', 'Iserbyt'], 'independant'),
  member('conseiller', ['Clara', 'Costes'], inMontpellier('COLLABORATEUR')),
  alone('candidat', ['Camille', 'Carrière'], 'particulier'),
  member('academie', ['Adrien', 'Aubert'], inMontpellier('GESTIONNAIRE')),
  { ...member('ancien', ['Anne', 'Antoine'], inTremplin('GESTIONNAIRE')), state: 'legacy' },
  { ...alone('non_confirme', ['Noé', 'Nihoul'], 'particulier'), state: 'unconfirmed' },
  { ...alone('suspendu', ['Suzanne', 'Simon'], 'particulier'), state: 'suspended' },
  { ...alone('staff', ['Sophie', 'Staes'], 'particulier'), isStaff: true },
  // What takes an account or an organisation over needs two of them.
  { ...alone('staff_second', ['Simon', 'Smets'], 'particulier'), isStaff: true },
]
