import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { provision } from '@myanm/database'
import { startLocalPostgres } from '@myanm/local-postgres'
import pg from 'pg'
import { fleetingDirectory } from './fleeting-directory.ts'
import { ADMIN_URL, ROLE_PASSWORD, storingServices, TEMPLATE } from './services.ts'

/** Kept for the tear-down, which Jest runs in the same process. */
export const started: { once?: Promise<void>; stop?: () => Promise<void> } = {}

/**
 * Before the first test: a PostgreSQL (ours, or the one in DATABASE_URL) and a template database with
 * every schema in place. Each test file clones it, which takes milliseconds.
 */
export default function globalSetup(): Promise<void> {
  // Each Jest project that needs PostgreSQL asks for it; one run has one server.
  started.once ??= startPostgres()
  return started.once
}

async function startPostgres(): Promise<void> {
  const given = process.env['DATABASE_URL']
  if (!given) {
    // One server per run: two runs side by side do not see each other.
    const directory = await fleetingDirectory()
    const server = await startLocalPostgres({ directory, durable: false })
    started.stop = async () => {
      await server.stop()
      await rm(directory, { recursive: true, force: true })
    }
    process.env[ADMIN_URL] = server.url
  } else {
    process.env[ADMIN_URL] = given
  }
  const password = randomBytes(24).toString('base64url')
  process.env[ROLE_PASSWORD] = password

  const admin = new URL(process.env[ADMIN_URL] ?? '')
  const client = new pg.Client({ connectionString: admin.href })
  await client.connect()
  // Databases of a run that was cut short.
  const { rows } = await client.query<{ name: string }>(
    "select datname as name from pg_database where datname like 'myanm_test_%'",
  )
  for (const { name } of rows) await client.query(`drop database "${name}" with (force)`)
  await client.query(`create database ${TEMPLATE}`)
  await client.end()

  const template = new URL(admin)
  template.pathname = `/${TEMPLATE}`
  for (const service of storingServices) await provision({ adminUrl: template, service, password })
}
