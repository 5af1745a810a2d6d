import type { Role } from '@myanm/permissions'

export interface SceneOrganisation {
  readonly key: string
  readonly name: string
  readonly bce: string | null
  readonly kind: string
}

export interface ScenePerson {
  readonly key: string
  readonly login: string
  readonly email: string
  /** Null for who has none: an old account nobody has claimed. */
  readonly password: string | null
  readonly givenName: string
  readonly familyName: string
  readonly accountType: string
  readonly memberships: readonly { readonly organisation: string; readonly role: Role }[]
  /** Roles inside one site (9.1). */
  readonly siteRoles: readonly { readonly site: string; readonly role: string }[]
  /** Active, unless said otherwise. */
  readonly state?: 'unconfirmed' | 'legacy' | 'suspended'
  /** Of the team of the ANM: signs in with the codes of an application, whose secret this is (base 32). */
  readonly staff?: { readonly oneTimeSecret: string }
}

export interface SceneClient {
  readonly id: string
  readonly secret: string
  readonly name: string
  readonly kind: 'site' | 'partner' | 'resource-server'
  readonly home: string | null
  readonly redirectUris: readonly string[]
  /** Clients whose tokens it may ask about. */
  readonly introspects: readonly string[]
}
