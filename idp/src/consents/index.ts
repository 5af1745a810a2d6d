export { giveConsent } from './give.ts'
export { isCovered } from './rules.ts'
export { findConsent } from './store.ts'
