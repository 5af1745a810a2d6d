export { LocalPostgresError } from './errors.ts'
export { lockDirectory } from './lock.ts'
export { type LocalPostgres, type LocalPostgresOptions, startLocalPostgres } from './start.ts'
