export { type Connection, type ConnectOptions, connect, type Db, type Tx } from './connect.ts'
export { migrate } from './migrate.ts'
export { provision, roleOf, type Service, schemaOf } from './provision.ts'
export { isCheckViolation, isUniqueViolation } from './violations.ts'
