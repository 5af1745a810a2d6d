import { type ActingOrganisation, type Actor, VISITOR } from './actor.ts'
import { isRole } from './ladder.ts'
import type { Profile } from './services.ts'

/**
 * Reads the claims of 7.3 (userinfo or introspection, already verified). Whatever is missing or not
 * exactly as specified narrows the answer, never widens it: without `sub`, or with `active: false`,
 * a visitor; without a known `account_type`, a particulier; with an `org` that lacks its id, its
 * kind or a literal role, somebody acting in their own name. Never staff. Never throws.
 */
export function actorFromClaims(claims: unknown): Actor {
  const { sub, active, account_type: accountType, org } = fieldsOf(claims)
  if (!isText(sub) || active === false) return VISITOR
  const organisation = organisationFrom(org)
  return {
    kind: 'person',
    accountType: isProfile(accountType) ? accountType : 'particulier',
    accountActive: true,
    ...(organisation && { organisation }),
  }
}

/** A claim only ever carries a running membership of an open organisation (7.4, 7.5). */
function organisationFrom(org: unknown): ActingOrganisation | undefined {
  const { id, name, role, kind, nonprofit, legal_form: legalForm, options } = fieldsOf(org)
  const { to_check: toCheck } = fieldsOf(org)
  if (!isText(id) || !isRole(role) || !isKind(kind)) return undefined
  return {
    id,
    ...(isText(name) && { name }),
    role,
    kind,
    nonprofit: typeof nonprofit === 'boolean' ? nonprofit : null,
    legalForm: isText(legalForm) ? legalForm : null,
    options: Array.isArray(options) ? options.filter(isText) : [],
    // Said only where it holds; said in another way, it narrows all the same.
    ...(toCheck !== undefined && toCheck !== false && { toCheck: true as const }),
    active: true,
    linkActive: true,
  }
}

/** Own fields only: a polluted `Object.prototype` does not lend anybody a role. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return Object.assign(Object.create(null), typeof value === 'object' ? value : null)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isKind(value: unknown): value is ActingOrganisation['kind'] {
  return value === 'organisme' || value === 'academie'
}

function isProfile(value: unknown): value is Profile {
  return value === 'particulier' || value === 'independant' || value === 'organisme'
}
