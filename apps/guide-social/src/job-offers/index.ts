/** The door of the offers: everything the other rooms of this site may use. */
export { CONTRACTS, type Contract, type Day, type OfferContent } from './content.ts'
export { createOffer } from './create.ts'
export { addDays, dayOf, formatDay } from './day.ts'
export { deadlineText, factsLine, type OfferFacts, payText } from './facts.ts'
export { readOffer } from './forms.ts'
export { nameFor } from './offer-page.ts'
export { refusalOf } from './refusal.ts'
export { refusalPages } from './refusal-page.ts'
export { jobOffers } from './routes.ts'
export {
  isHeldBack,
  mayMove,
  movesFrom,
  RECOVERABLE_DAYS,
  recoverableSince,
  recoverableUntil,
  type Standing,
  shortcomingsOf,
  USUAL_LIFETIME_DAYS,
} from './rules.ts'
export { addressOf } from './slug.ts'
export { insertOffer, type Life, recordVersion } from './store.ts'
export { fold, searchQueryOf } from './words.ts'
