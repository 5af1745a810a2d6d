import { randomBytes } from 'node:crypto'
import type { SceneClient, SceneOrganisation, ScenePerson } from '@myanm/idp'
import type { Account, Site } from './side.ts'

const PEOPLE = 100
const TEAM = 10

const secret = () => randomBytes(32).toString('base64url')

/** Nobody is there: a redirect is read, not followed. */
const HOME = 'http://127.0.0.1:9'

/** The same site on both sides. Its scopes make every claim of a member of an organisation due. */
export const site: Site = {
  id: 'guide-social',
  secret: secret(),
  authentication: 'basic',
  redirectUri: `${HOME}/retour`,
  scope: 'openid profile email compte organisation',
}

/** The same resource server on both sides, entitled to ask about tokens of the site. */
export const asker = { id: 'resource-server', secret: secret(), authentication: 'basic' } as const

export const clients: readonly SceneClient[] = [
  {
    id: site.id,
    secret: site.secret,
    name: 'Guide Social',
    kind: 'site',
    home: HOME,
    redirectUris: [site.redirectUri],
    introspects: [],
  },
  {
    id: asker.id,
    secret: asker.secret,
    name: 'Service',
    kind: 'resource-server',
    home: null,
    redirectUris: [],
    introspects: [site.id],
  },
]

export const organisations: readonly SceneOrganisation[] = Array.from(
  { length: PEOPLE / TEAM },
  (_, index) => ({
    key: `organisation-${index}`,
    name: `Organisation ${index} ASBL`,
    bce: companyNumber(1_000_000 + index),
    kind: 'organisme',
  }),
)

/** People of one organisation each, one manager per organisation, each with a password of their own. */
export const people = Array.from({ length: PEOPLE }, (_, index) => ({
  key: `personne-${index}`,
  login: `personne-${index}`,
  email: `personne-${index}@exemple.be`,
  password: secret(),
  givenName: 'Camille',
  familyName: `Dupont ${index}`,
  accountType: 'organisme',
  memberships: [
    {
      organisation: `organisation-${Math.floor(index / TEAM)}`,
      role: index % TEAM === 0 ? 'GESTIONNAIRE' : 'COLLABORATEUR',
    },
  ],
  siteRoles: [],
})) satisfies readonly ScenePerson[]

export const accounts: readonly Account[] = people

/** Ten digits, the last two a check (specification R14). */
function companyNumber(serial: number): string {
  const head = String(serial).padStart(8, '0')
  return head + String(97 - (serial % 97)).padStart(2, '0')
}
