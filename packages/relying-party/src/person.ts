import { type ActingOrganisation, actorFromClaims } from '@myanm/permissions'
import type { Organisation, Person } from './api.ts'

export type Claims = Readonly<Record<string, unknown>>

/** The person MyANM's claims describe (7.3), read defensively: what is not as specified is not there. */
export function personFrom(claims: Claims & { readonly sub: string }): Person {
  const actor = actorFromClaims(claims)
  const acting = actor.kind === 'person' ? actor.organisation : undefined
  const { email } = claims as { readonly email?: unknown }
  return {
    sub: claims.sub,
    name: nameFrom(claims),
    ...(typeof email === 'string' && { email }),
    accountType: actor.kind === 'person' ? actor.accountType : 'particulier',
    actor,
    ...(acting && { organisation: organisationFrom(acting, claims) }),
    claims,
  }
}

function nameFrom(claims: Claims): string {
  const { name, given_name: given, family_name: family } = claims as Record<string, unknown>
  if (typeof name === 'string' && name !== '') return name
  return [given, family].filter((part) => typeof part === 'string' && part !== '').join(' ')
}

function organisationFrom(acting: ActingOrganisation, claims: Claims): Organisation {
  const { org } = claims as { readonly org?: { readonly bce?: unknown } }
  return {
    id: acting.id,
    name: acting.name ?? '',
    ...(typeof org?.bce === 'string' && { bce: org.bce }),
    role: acting.role,
    ...(acting.toCheck && { toCheck: true }),
  }
}

/** What stays true of a person whatever happens to their rights. */
const OWN = new Set([
  'sub',
  'name',
  'given_name',
  'family_name',
  'locale',
  'email',
  'email_verified',
  'account_type',
])

/** The same person without what an organisation, a purchase or a role inside a site lets them do. */
export function inOwnName({ sub, claims }: Person): Person {
  const own = Object.fromEntries(Object.entries(claims).filter(([name]) => OWN.has(name)))
  return personFrom({ ...own, sub })
}

/** The organisation a person had and has no more, or null. */
export function organisationLeft(before: Person, after: Person): string | null {
  const { organisation } = before
  return organisation && organisation.id !== after.organisation?.id ? organisation.name : null
}
