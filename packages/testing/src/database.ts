import { randomBytes } from 'node:crypto'
import { roleOf } from '@myanm/database'
import pg from 'pg'
import { ADMIN_URL, ROLE_PASSWORD, TEMPLATE } from './services.ts'

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
  await asAdmin(server, `create database ${name} template ${TEMPLATE}`)
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
export async function query<Row extends pg.QueryResultRow>(
  database: TestDatabase,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.adminUrl.href })
  await client.connect()
  try {
    await client.query('set search_path = idp, public')
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}
