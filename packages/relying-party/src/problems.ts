import { problems } from '@myanm/chassis'

export const RELYING_PARTY_PROBLEMS = {
  'signed-out': 401,
  'somebody-else': 409,
  'organisation-left': 403,
  'sign-in-expired': 400,
  'sign-in-cancelled': 400,
  'sign-in-failed': 400,
  'myanm-away': 503,
  'rights-changing': 503,
  'sign-out-incomplete': 503,
} as const

/** What can stand between a person and a site, besides the site's own rules. */
export const relyingPartyProblem = problems(RELYING_PARTY_PROBLEMS)
