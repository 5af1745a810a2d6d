import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { arrange, client, query, type TestDatabase, withDatabase } from '@myanm/testing'
import { type OwnProcess, startOwnProcess } from '../stage/own-process.ts'
import { plant } from '../stage/plant.ts'
import { until } from '../stage/until.ts'

// Erasing when everything goes wrong, and everybody at once (yardsticks F3; specification 6.1).

const MANY = 1000

let database: TestDatabase
let myanm: OwnProcess

/** One installation, however often it is started. */
const secrets = Object.fromEntries(
  ['COOKIE_KEY', 'KEY_ENCRYPTION_KEY', 'PAIRWISE_SALT'].map((name) => [
    name,
    randomBytes(32).toString('base64url'),
  ]),
)

const start = () =>
  startOwnProcess({
    database,
    clients: [
      client({ id: 'guide-social', kind: 'site', home: 'http://localhost:9999' }),
      client({ id: 'monasbl', kind: 'site', home: 'http://localhost:9999' }),
      client({ id: 'bilan', kind: 'site', home: 'http://localhost:9999' }),
      client({ id: 'partner' }),
    ],
    environment: secrets,
  })

beforeAll(async () => {
  database = await withDatabase()
  myanm = await start()
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const ask = () => query(database, "select from idp_jobs.add_job('erase-due', '{}')")

const countOf = async (text: string, values: unknown[] = []): Promise<number> => {
  const [row] = await query<{ count: number }>(
    database,
    `select count(*)::int as count from ${text}`,
    values,
  )
  return row?.count ?? 0
}

async function accountOf(login: string): Promise<string> {
  const [row] = await query<{ id: string }>(database, 'select id from account where login = $1', [
    login,
  ])
  return row?.id ?? ''
}

/** Everything of a person that erasing touches, counted. */
const held = async (account: string): Promise<number[]> =>
  Promise.all(
    [
      'account where id = $1 and email is not null',
      'account_identifier where account_id = $1',
      'letter where account_id = $1',
      'proof where account_id = $1',
      'device where account_id = $1',
      'newsletter_consent where account_id = $1',
      'contact_message where account_id = $1',
      "journal where account_id = $1 and event = 'account-erased'",
    ].map((what) => countOf(what, [account])),
  )

test('killed in the middle of an erasure, it has not begun; asked again, it is whole', async () => {
  const account = await accountOf('particulier')
  await plant(database, {
    account,
    team: [await accountOf('voisin'), await accountOf('multi')],
  })
  await arrange(
    database,
    `update account set login = 'particulier', state = 'deletion_requested',
        deletion_requested_at = now() - interval '7 days 1 second' where id = $1`,
    [account],
  )
  const before = await held(account)
  // The last thing an erasure changes is the account itself: there it is held.
  await query(
    database,
    `create function idp.hold() returns trigger language plpgsql as
      $$ begin perform pg_sleep(60); return new; end $$`,
  )
  await query(
    database,
    `create trigger zz_hold before update on idp.account for each row
      when (new.state = 'deleted') execute function idp.hold()`,
  )
  await ask()
  await until(
    async () => (await countOf("pg_stat_activity where wait_event = 'PgSleep'")) === 1,
    15_000,
  )
  await myanm.kill()
  await query(
    database,
    "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'",
  )
  expect(await held(account)).toEqual(before)

  await query(database, 'drop trigger zz_hold on idp.account')
  myanm = await start()
  await ask()
  await until(async () => (await held(account))[7] === 1, 15_000)
  expect(await held(account)).toEqual([0, 0, 0, 0, 0, 0, 0, 1])
})

test('a thousand at once are erased, by two processes, each once', async () => {
  await query(
    database,
    `insert into account (account_type, state, login, email, password_hash, given_name, family_name,
        email_confirmed_at, deletion_requested_at)
      select 'particulier', 'deletion_requested', 'parti-' || n, 'parti-' || n || '@exemple.be', 'x',
        'Prénom', 'Nom', now(), now() - interval '8 days' from generate_series(1, $1) n`,
    [MANY],
  )
  await query(
    database,
    `insert into letter (code, account_id, state, settled_at)
      select 'deletion', id, 'sent', now() from account where login like 'parti-%'`,
  )
  const second = await start()
  try {
    const began = performance.now()
    await ask()
    await ask()
    await until(
      async () => (await countOf("account where state = 'deletion_requested'")) === 0,
      120_000,
    )
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    process.stdout.write(`${MANY} accounts erased in ${seconds} s\n`)
  } finally {
    await second.stop()
  }
  expect(await countOf("account where login like 'parti-%'")).toBe(0)
  expect(await countOf("account_identifier where key like 'parti-%'")).toBe(0)
  expect(await countOf("letter where code = 'deletion'")).toBe(0)
  const twice = await query(
    database,
    `select account_id from journal where event = 'account-erased' group by 1 having count(*) > 1`,
  )
  expect(twice).toEqual([])
}, 180_000)
