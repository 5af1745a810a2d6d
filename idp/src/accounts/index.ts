export { readPhone, showPhone } from './phone.ts'
export { displayName } from './rules.ts'
export { type Standing, standingOf } from './standing.ts'
export { type Account, activate, createAccount, findAccount, findByIdentifier } from './store.ts'
