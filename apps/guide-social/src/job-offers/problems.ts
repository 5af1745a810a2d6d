import { problems } from '@myanm/chassis'

/** What may go wrong with an offer; title and text of each are in the catalogue. */
export const offerProblem = problems({
  /** Also for what belongs to another organisation: nobody can tell which numbers exist. */
  'offer-not-found': 404,
  /** E14 */
  'role-too-low': 403,
  /** E22 */
  'profile-refused': 403,
  /** E37 */
  'service-closed': 403,
  /** D13, 4.2.3 */
  'organisation-to-check': 403,
  'not-allowed': 403,
  /** E40 */
  'offer-changed': 409,
  'offer-moved-on': 409,
})
