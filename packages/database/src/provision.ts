import pg from 'pg'
import { migrate } from './migrate.ts'
import { roleOf, schemaOf } from './names.ts'

/**
 * A service that stores something: it owns one schema and one role, and reads nobody else's (X2, D15).
 */
export interface Service {
  /** Such as `guide-social`: schema `guide_social`, role `myanm_guide_social`. */
  readonly name: string
  /** Directories of plain SQL, applied in this order. */
  readonly migrations: readonly string[]
  /**
   * Installs its job queue in a schema of its own, as the service's role: the library that runs the
   * queue must own it. The right to create that schema is lent for the time of the call.
   */
  readonly installJobs?: (serviceUrl: URL) => Promise<void>
}

/**
 * Brings one service's role, schema and tables to where the code expects them. May run again at any
 * time, and while another runs: the whole is serialised by a lock.
 *
 * The service's role owns no table: it can neither alter its schema nor undo what a migration revoked
 * from it (an append-only journal stays append-only).
 * @param adminUrl a role that may create roles and schemas
 * @returns the address the service connects with
 * @throws Error naming the missing right when the given role may not provision
 */
export async function provision(options: {
  readonly adminUrl: URL
  readonly service: Service
  readonly password: string
}): Promise<URL> {
  const { adminUrl, service, password } = options
  const client = new pg.Client({ connectionString: adminUrl.href, application_name: 'provision' })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock(727701)')
    await createRole(client, roleOf(service.name), password)
    await createSchemas(client, service)
    await migrate({ adminUrl, schema: schemaOf(service.name), directories: service.migrations })
    const url = new URL(adminUrl)
    url.username = roleOf(service.name)
    url.password = encodeURIComponent(password)
    if (service.installJobs) await lendCreate(client, service, () => service.installJobs?.(url))
    return url
  } finally {
    // Ending the session releases the lock.
    await client.end()
  }
}

async function createRole(client: pg.Client, role: string, password: string): Promise<void> {
  const name = client.escapeIdentifier(role)
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role])
  if (rowCount === 0) await client.query(`create role ${name} login`)
  await client.query(`alter role ${name} password ${client.escapeLiteral(password)}`)
}

/**
 * Large objects are in no schema: whoever may make one stores what no migration knows of. The functions are
 * the superuser's; a lesser administrator leaves them as they are.
 */
const NO_LARGE_OBJECTS = `do $$ begin
  revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) from public;
exception when insufficient_privilege then null;
end $$`

async function createSchemas(client: pg.Client, service: Service): Promise<void> {
  const schema = client.escapeIdentifier(schemaOf(service.name))
  const role = client.escapeIdentifier(roleOf(service.name))
  const { rows } = await client.query<{ name: string }>('select current_database() as name')
  const database = client.escapeIdentifier(rows[0]?.name ?? '')
  const statements = [
    `revoke all on schema public from public`,
    ...rightsOnDatabase(database, role),
    NO_LARGE_OBJECTS,
    `create schema if not exists ${schema}`,
    `grant usage on schema ${schema} to ${role}`,
    `alter default privileges in schema ${schema} grant select, insert, update, delete on tables to ${role}`,
    `alter default privileges in schema ${schema} grant usage, select on sequences to ${role}`,
    `alter role ${role} set search_path = ${schema}`,
  ]
  for (const statement of statements) await client.query(statement)
}

/**
 * Into this database come the roles of its services and nobody else, and none of them makes a table of its
 * own there, not even for the time of a session. A copy of a database does not take these rights along.
 * @param database its name, quoted
 * @param role that of a service, quoted
 */
export const rightsOnDatabase = (database: string, role: string): readonly string[] => [
  `revoke all on database ${database} from public`,
  `grant connect on database ${database} to ${role}`,
]

async function lendCreate(
  client: pg.Client,
  service: Service,
  use: () => Promise<void> | undefined,
): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name')
  const database = client.escapeIdentifier(rows[0]?.name ?? '')
  const role = client.escapeIdentifier(roleOf(service.name))
  await client.query(`grant create on database ${database} to ${role}`)
  try {
    await use()
  } finally {
    await client.query(`revoke create on database ${database} from ${role}`)
  }
}
