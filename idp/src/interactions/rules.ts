import { atLeast, type Role } from '@myanm/permissions'

/** Where a sign-in begins. */
export type Entrance = 'identifier' | 'password' | 'second-factor'

/** Reasons of the engine that leave no doubt about who is meant: the person who is signed in. */
const SAME_PERSON = new Set(['login_prompt', 'max_age', 'level'])

/**
 * Where a sign-in begins: at the login; at the password, when somebody is signed in here and only has to
 * prove it again; at the second factor, when their password is recent and the site asks for more.
 */
export function entranceOf(given: {
  /** Why the engine asks. */
  readonly reasons: readonly string[]
  /** Whether the person this journey began with is still signed in here. */
  readonly isHere: boolean
  readonly isRecent: boolean
}): Entrance {
  const { reasons, isHere, isRecent } = given
  if (!isHere || reasons.length === 0) return 'identifier'
  if (!reasons.every((reason) => SAME_PERSON.has(reason))) return 'identifier'
  return isRecent && reasons.every((reason) => reason === 'level') ? 'second-factor' : 'password'
}

/** What comes after a proof: a second one, what the state of the account asks for, or the site. */
export type NextStep =
  | 'second-factor'
  | 'confirm-email'
  | 'new-password'
  | 'deletion'
  | 'suspended'
  | 'unusable'
  | 'in'

/**
 * What comes next for somebody who gave the right password or passkey. The second factor stands before
 * everything: the state of an account is told to nobody who has a password only (4.3.4).
 */
export function nextStep(person: {
  readonly state: string
  readonly mustChangePassword: boolean
  readonly owesSecondFactor: boolean
}): NextStep {
  if (person.owesSecondFactor) return 'second-factor'
  switch (person.state) {
    case 'active':
      return person.mustChangePassword ? 'new-password' : 'in'
    case 'unconfirmed':
      return 'confirm-email'
    case 'deletion_requested':
      return 'deletion'
    case 'suspended':
      return 'suspended'
    default:
      return 'unusable'
  }
}

/** The ways of the second factor as addresses and forms call them. */
export const WAYS = {
  cle: 'passkey',
  application: 'application',
  secours: 'recovery-code',
} as const

export type WayName = keyof typeof WAYS

/** @returns the name of a way in an address */
export function nameOf(way: (typeof WAYS)[WayName]): WayName {
  switch (way) {
    case 'passkey':
      return 'cle'
    case 'application':
      return 'application'
    case 'recovery-code':
      return 'secours'
  }
}

/** Whether a role is enough for what a site needs. */
export function isEnough(need: { readonly role: Role | null } | null, role: Role): boolean {
  return need === null || need.role === null || atLeast(role, need.role)
}

/**
 * Whether a request that waits can lead to what a site needs. Who leads is never chosen by a request; of
 * one without a wish the role is whoever decides to give.
 */
export function mayMeet(
  need: { readonly role: Role | null } | null,
  { wishedRole }: { readonly wishedRole: Role | null },
): boolean {
  if (need?.role === 'GESTIONNAIRE') return false
  return wishedRole === null || isEnough(need, wishedRole)
}
