export { displayName } from './rules.ts'
export { type Standing, standingOf } from './standing.ts'
