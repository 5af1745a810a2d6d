import { randomBytes } from 'node:crypto'
import { rightsOnDatabase, roleOf } from '@myanm/database'
import pg from 'pg'
import { ADMIN_URL, ROLE_PASSWORD, storingServices, TEMPLATE } from './services.ts'

export interface TestDatabase extends AsyncDisposable {
  /** The address a service connects with, as its own role. */
  urlFor(service: string): URL
  /** The superuser’s address, for what only an administrator may do. */
  readonly adminUrl: URL
  drop(): Promise<void>
}

/**
 * A database of one’s own, with every schema in place: cloned from the template, gone with `drop`.
 * @throws Error when somebody’s connections are still open at `drop`: a leak, shown where it happens
 */
export async function withDatabase(): Promise<TestDatabase> {
  const server = process.env[ADMIN_URL]
  if (!server) throw new Error('The global set-up has not run')
  const name = `myanm_test_${randomBytes(6).toString('hex')}`
  // Files copied rather than pages logged: half the time, where nothing has to survive.
  await asAdmin(server, `create database ${name} template ${TEMPLATE} strategy file_copy`)
  const rights = storingServices.flatMap((service) => rightsOnDatabase(name, roleOf(service.name)))
  await asAdmin(server, rights.join('; '))
  const adminUrl = new URL(server)
  adminUrl.pathname = `/${name}`

  const drop = () => asAdmin(server, `drop database ${name} with (force)`)
  return {
    adminUrl,
    urlFor: (service) => {
      const url = new URL(adminUrl)
      url.username = roleOf(service)
      url.password = process.env[ROLE_PASSWORD] ?? ''
      return url
    },
    drop,
    [Symbol.asyncDispose]: drop,
  }
}

async function asAdmin(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Runs a statement as the administrator: to arrange a situation, or to look behind the curtain. */
export function query<Row extends pg.QueryResultRow>(
  database: TestDatabase,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return run(database, { text, values, role: 'origin' })
}

/** The same, past every trigger: into situations the product itself does not lead to. */
export function arrange(
  database: TestDatabase,
  text: string,
  values: unknown[] = [],
): Promise<pg.QueryResultRow[]> {
  return run(database, { text, values, role: 'replica' })
}

async function run<Row extends pg.QueryResultRow>(
  database: TestDatabase,
  { text, values, role }: { text: string; values: unknown[]; role: 'origin' | 'replica' },
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.adminUrl.href })
  await client.connect()
  try {
    await client.query('set search_path = idp, public')
    await client.query(`set session_replication_role = ${role}`)
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

/**
 * Puts an account in a state, past the moves the product allows, with what that state asks for; null
 * for what a deleted one no longer has.
 */
export async function arrangeState(
  database: TestDatabase,
  account: string,
  state: string,
): Promise<void> {
  await arrange(
    database,
    `update account set state = $2::text::account_state, rights_version = rights_version + 1,
        deletion_requested_at = case $2 when 'deletion_requested' then now() end,
        password_hash = case when $2 not in ('legacy', 'deleted') then password_hash end,
        login = case when $2 <> 'deleted' then login end,
        email = case when $2 <> 'deleted' then email end,
        email_confirmed_at = case when $2 <> 'deleted' then email_confirmed_at end,
        registered_at_client = case when $2 <> 'deleted' then registered_at_client end,
        given_name = case when $2 <> 'deleted' then given_name end,
        family_name = case when $2 <> 'deleted' then family_name end,
        deleted_at = case $2 when 'deleted' then now() end
      where id = $1`,
    [account, state],
  )
}
