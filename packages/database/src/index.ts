export { type Connection, type ConnectOptions, connect, type Db, type Tx } from './connect.ts'
export { migrate } from './migrate.ts'
export { roleOf, schemaOf } from './names.ts'
export type { NamedStatement, Statements } from './pipelines.ts'
export { provision, rightsOnDatabase, type Service } from './provision.ts'
export { throughDeadlocks, transact } from './transact.ts'
export {
  isCheckViolation,
  isDeadlock,
  isForeignKeyViolation,
  isUniqueViolation,
} from './violations.ts'
