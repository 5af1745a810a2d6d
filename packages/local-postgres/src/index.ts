export { LocalPostgresError } from './errors.ts'
export type { LocalPostgresEvent } from './keep-up.ts'
export { lockDirectory } from './lock.ts'
export { type LocalPostgres, type LocalPostgresOptions, startLocalPostgres } from './start.ts'
