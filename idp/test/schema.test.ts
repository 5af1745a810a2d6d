import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { query, type TestDatabase, withDatabase } from '@myanm/testing'
import pg from 'pg'

const SERVICES = ['idp', 'guide-social', 'monasbl', 'sweeli', 'bilan'] as const
const schemaOf = (service: string) => service.replaceAll('-', '_')

let database: TestDatabase
/** schema → its tables, as the administrator sees them. */
const tables = new Map<string, string[]>()
/** schema.table → one of its columns. */
const columns = new Map<string, string>()

beforeAll(async () => {
  database = await withDatabase()
  const rows = await query<{ schema: string; name: string; first: string }>(
    database,
    `select n.nspname as schema, c.relname as name,
        (select attname from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
          order by attnum limit 1) as first
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^(pg_|information_schema)'
      order by 1, 2`,
  )
  for (const { schema, name, first } of rows) {
    tables.set(schema, [...(tables.get(schema) ?? []), name])
    columns.set(`${schema}.${name}`, first)
  }
})

afterAll(() => database.drop())

async function as<Value>(service: string, use: (own: pg.Client) => Promise<Value>) {
  const own = new pg.Client({ connectionString: database.urlFor(service).href })
  await own.connect()
  try {
    return await use(own)
  } finally {
    await own.end()
  }
}

const refused = async (own: pg.Client, statement: string): Promise<string> =>
  own.query(statement).then(
    () => 'allowed',
    (error: { code: string }) => error.code,
  )

const PERMISSION_DENIED = '42501'

describe('each service, with its own role in the database,', () => {
  test('has something of its own to look after', () => {
    expect([...tables.keys()].sort()).toEqual(
      ['bilan', 'guide_social', 'idp', 'idp_jobs', 'monasbl', 'sweeli'].sort(),
    )
    expect(tables.get('idp')).toContain('account')
  })

  test.each(SERVICES)('%s reads nothing of the others', async (service) => {
    const mine = service === 'idp' ? ['idp', 'idp_jobs'] : [schemaOf(service)]
    await as(service, async (own) => {
      for (const [schema, names] of tables) {
        if (mine.includes(schema)) continue
        for (const name of names) {
          const first = columns.get(`${schema}.${name}`)
          for (const statement of [
            `select from ${schema}."${name}" limit 1`,
            `delete from ${schema}."${name}"`,
            `insert into ${schema}."${name}" default values`,
            `update ${schema}."${name}" set "${first}" = null`,
            `truncate ${schema}."${name}"`,
          ]) {
            expect([statement, await refused(own, statement)]).toEqual([
              statement,
              PERMISSION_DENIED,
            ])
          }
        }
      }
      if (service === 'idp') return
      const account = '00000000-0000-0000-0000-000000000000'
      for (const call of [
        `select idp.standing('${account}', null)`,
        "select idp_jobs.add_job('send-mail', '{}')",
      ]) {
        expect([call, await refused(own, call)]).toEqual([call, PERMISSION_DENIED])
      }
    })
  })

  test.each(SERVICES)('%s builds nothing, and becomes nobody else', async (service) => {
    const schema = schemaOf(service)
    const administrator = database.adminUrl.username
    await as(service, async (own) => {
      for (const statement of [
        `create table ${schema}.mine (x int)`,
        'create table public.mine (x int)',
        'create schema mine',
        // Not for the time of a session either, and not where no schema is.
        'create temp table mine (x int)',
        'create temp view mine as select 1',
        'select lo_create(0)',
        'select lo_creat(-1)',
        "select lo_from_bytea(0, 'mine')",
        ...[...tables.keys()]
          .filter((other) => other !== schema && !(service === 'idp' && other === 'idp_jobs'))
          .map((other) => `create table ${other}.mine (x int)`),
        `create function ${schema}.f() returns int language sql as 'select 1'`,
        'create role another',
        'create database another',
        'create extension dblink',
        `set role ${administrator}`,
        `set session authorization ${administrator}`,
        "select pg_read_file('/etc/passwd')",
        "copy (select 1) to program 'true'",
        "alter system set log_statement = 'all'",
        'select passwd from pg_shadow',
      ]) {
        const code = await refused(own, statement)
        expect([statement, code]).toEqual([statement, expect.stringMatching(/^(42501|0A000)$/)])
      }
    })
  })

  test('idp looks after no secret it could read in clear', async () => {
    const columns = await query<{ name: string }>(
      database,
      `select table_name || '.' || column_name as name from information_schema.columns
        where table_schema = 'idp' and column_name ~ '(password|secret|private)'`,
    )
    expect(columns.map(({ name }) => name).sort()).toEqual([
      'account.must_change_password',
      'account.password_hash',
      'client.secret_hash',
      'one_time_password.sealed_secret',
      'registration.password_hash',
      // Not one of them: how often in a row a wrong one was given.
      'sign_in_failure.passwords',
      'signing_key.sealed_private_jwk',
    ])
  })
})
