import { randomBytes } from 'node:crypto'
import type { SceneClient, SceneOrganisation, ScenePerson } from '@myanm/idp'

const inTilleuls = (role: 'LECTEUR' | 'COLLABORATEUR' | 'RESPONSABLE' | 'GESTIONNAIRE') =>
  ({ organisation: 'tilleuls', role }) as const
const inTremplin = (role: 'GESTIONNAIRE') => ({ organisation: 'tremplin', role }) as const
const inPassage = (role: 'RESPONSABLE' | 'GESTIONNAIRE') =>
  ({ organisation: 'passage', role }) as const

/** One password for everybody, made for this run: tests are about rights, not about typing. */
export const PASSWORD = `${randomBytes(12).toString('base64url')}-phrase`

/** What the application of whoever is of the team makes its codes from: 160 bits, in base 32. */
export const ONE_TIME_SECRET = Array.from(
  randomBytes(32),
  (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32],
).join('')

export const organisations: readonly SceneOrganisation[] = [
  { key: 'tilleuls', name: 'Les Tilleuls ASBL', bce: '0566988259', kind: 'organisme' },
  { key: 'passage', name: 'Le Passage ASBL', bce: '0314595348', kind: 'organisme' },
  { key: 'tremplin', name: 'Le Tremplin ASBL', bce: '0412987693', kind: 'organisme' },
  { key: 'montpellier', name: 'Académie de Montpellier', bce: null, kind: 'academie' },
]

function person(
  key: string,
  memberships: ScenePerson['memberships'],
  accountType = 'organisme',
): ScenePerson {
  return {
    key,
    login: key,
    email: `${key}@exemple.be`,
    password: PASSWORD,
    givenName: key[0]?.toUpperCase() + key.slice(1),
    familyName: 'Dupont',
    accountType,
    memberships,
    siteRoles: key === 'conseiller' || key === 'candidat' ? [{ site: 'bilan', role: key }] : [],
  }
}

/** The people of the scene: one of each kind. */
export const people: readonly ScenePerson[] = [
  person('lecteur', [inTilleuls('LECTEUR')]),
  person('collaborateur', [inTilleuls('COLLABORATEUR')]),
  person('collegue', [inTilleuls('COLLABORATEUR')]),
  person('responsable', [inTilleuls('RESPONSABLE')]),
  person('gestionnaire', [inTilleuls('GESTIONNAIRE')]),
  person('voisin', [inPassage('GESTIONNAIRE')]),
  person('multi', [inTilleuls('COLLABORATEUR'), inPassage('RESPONSABLE')]),
  person('particulier', [], 'particulier'),
  person('independant', [], 'independant'),
  person('conseiller', [{ organisation: 'montpellier', role: 'COLLABORATEUR' }]),
  person('candidat', [], 'particulier'),
  person('academie', [{ organisation: 'montpellier', role: 'GESTIONNAIRE' }]),
  { ...person('ancien', [inTremplin('GESTIONNAIRE')]), password: null, state: 'legacy' },
  { ...person('non_confirme', [], 'particulier'), state: 'unconfirmed' },
  { ...person('suspendu', [], 'particulier'), state: 'suspended' },
  { ...person('staff', [], 'particulier'), staff: { oneTimeSecret: ONE_TIME_SECRET } },
]

export const clientSecret = randomBytes(32).toString('base64url')

/** Where nobody listens: a redirect there is looked at, not followed. */
export const CALLBACK = 'http://localhost:9999/callback'

/** A client of the scene; sites that do not run in a test are at addresses nobody serves. */
export function client(given: Partial<SceneClient> & { readonly id: string }): SceneClient {
  return {
    name: given.id,
    secret: clientSecret,
    kind: 'partner',
    home: null,
    redirectUris: [CALLBACK],
    introspects: [],
    ...given,
  }
}
