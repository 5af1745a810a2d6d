/**
 * The four rungs, the least first. Each may all that the one before it may (5.3), but for P28 and
 * P29, which only have a meaning below the GESTIONNAIRE.
 */
export const ROLES = Object.freeze([
  'LECTEUR',
  'COLLABORATEUR',
  'RESPONSABLE',
  'GESTIONNAIRE',
] as const)

export type Role = (typeof ROLES)[number]

/** Exact spelling only: a role that is nearly one is none. */
export function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value)
}

/** Negative when `a` is below `b`, 0 on the same rung, positive above: fit for `sort`. */
export function compareRoles(a: Role, b: Role): number {
  return ROLES.indexOf(a) - ROLES.indexOf(b)
}

export function atLeast(role: Role, least: Role): boolean {
  return compareRoles(role, least) >= 0
}

/** The rungs above, the nearest first. */
export function rolesAbove(role: Role): readonly Role[] {
  return ROLES.slice(ROLES.indexOf(role) + 1)
}
