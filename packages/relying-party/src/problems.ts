import { problems } from '@myanm/chassis'

/** What can stand between a person and a site, besides the site's own rules. */
export const relyingPartyProblem = problems({
  'signed-out': 401,
  'organisation-left': 403,
  'sign-in-expired': 400,
  'sign-in-cancelled': 400,
  'sign-in-failed': 400,
  'myanm-away': 503,
  'sign-out-incomplete': 503,
})
