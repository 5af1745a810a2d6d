export { completeSignIn, type SignedIn } from './complete-sign-in.ts'
export { goHalfway, halfwayOf, oweSecondFactor, owingOf } from './halfway.ts'
export {
  type AskingSite,
  finish,
  isDue,
  type Journey,
  journeyOf,
  letFormsEndAtSite,
} from './journey.ts'
export type { JourneyNeeds } from './needs.ts'
export { keepIdentifier, readIdentifier } from './typed-identifier.ts'
