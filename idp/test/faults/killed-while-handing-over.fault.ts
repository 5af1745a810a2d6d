import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import {
  client,
  newVisitor,
  query,
  type TestDatabase,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { type OwnProcess, startOwnProcess } from '../stage/own-process.ts'
import { until } from '../stage/until.ts'

// Yardsticks F3: killed with -9 inside the transaction of a hand-over, of an acceptance, of a deletion that
// is asked for. All of it or nothing, and a mail only where it was committed.

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
    clients: ['guide-social', 'bilan'].map((id) =>
      client({ id, kind: 'site', home: 'http://localhost:9999' }),
    ),
    environment: { ...secrets, ...(myanm && { PORT: myanm.environment['PORT'] ?? '' }) },
  })

beforeAll(async () => {
  database = await withDatabase()
  // The last thing each of them writes is held, for as long as the test needs it to be killed there.
  await query(
    database,
    `create function idp.hold() returns trigger language plpgsql as
      $$ begin
        if exists (select from idp.held_by_the_test) then perform pg_sleep(60); end if;
        return new;
      end $$`,
  )
  await query(database, 'create table idp.held_by_the_test ()')
  await query(database, 'grant select on idp.held_by_the_test to public')
  await query(
    database,
    `create trigger zz_hold before insert on idp.letter for each row
      execute function idp.hold()`,
  )
  myanm = await start()
}, 60_000)

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

beforeEach(() => query(database, 'truncate idp.held_by_the_test'))

const hold = () => query(database, 'insert into idp.held_by_the_test default values')
const release = () => query(database, 'truncate idp.held_by_the_test')
const idOf = async (login: string): Promise<string> =>
  (await query<{ id: string }>(database, 'select id from account where login = $1', [login]))[0]
    ?.id ?? ''

async function signsIn(login: string): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(new URL('/compte', myanm.issuer))
  await typeCredentials(visitor, login)
  return visitor
}

/** Everything these steps write, as one text. */
async function written(): Promise<string> {
  const [row] = await query<{ all: string }>(
    database,
    `select concat_ws('/',
      (select string_agg(m::text, ',' order by m.id) from membership m),
      (select string_agg(t::text, ',' order by t.id) from manager_transfer t),
      (select string_agg(i::text, ',' order by i.id) from invitation i),
      (select string_agg(a.id || a.state::text, ',' order by a.id) from account a),
      (select count(*) from letter),
      (select count(*) from journal where event not in ('signed-in')),
      (select count(*) from proof where used_at is null)) as all`,
  )
  return row?.all ?? ''
}

/** Sends a form, and kills the process while its transaction holds everything it has written so far. */
async function killedWhile(send: () => Promise<unknown>): Promise<void> {
  await hold()
  const sent = send().catch(() => 'killed')
  const asleep = "select count(*)::int as count from pg_stat_activity where wait_event = 'PgSleep'"
  await until(
    async () => ((await query<{ count: number }>(database, asleep))[0]?.count ?? 0) >= 1,
    20_000,
  )
  await myanm.kill()
  // What the operating system does at once on a machine of its own: the other end is gone.
  await query(
    database,
    "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'",
  )
  expect(await sent).toBe('killed')
  await release()
  myanm = await start()
}

const rolesIn = async (name: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    (
      await query<{ login: string; role: string }>(
        database,
        `select login, role from membership
          join account on account.id = account_id
          join organisation on organisation.id = organisation_id
          where organisation.name = $1 and membership.state = 'active'`,
        [name],
      )
    ).map(({ login, role }) => [login, role]),
  )

const LEADS = { gestionnaire: 'GESTIONNAIRE', responsable: 'RESPONSABLE' }

test('killed inside a hand-over: nobody’s role has changed, nobody is told; asked again, it is whole', async () => {
  const [organisation] = await query<{ id: string }>(
    database,
    "select id from organisation where name = 'Les Tilleuls ASBL'",
  )
  const page = (rest: string) =>
    new URL(`/organismes/${organisation?.id}/gestionnaire${rest}`, myanm.issuer)
  const manager = await signsIn('gestionnaire')
  await manager.go(page('/transferer'))
  const propose = {
    form: 'form[action$="/transferer"]',
    fields: { personne: await idOf('responsable') },
  }
  const before = await written()
  await killedWhile(() => manager.submit(propose))
  expect(await written()).toBe(before)
  expect((await manager.submit(propose)).status).toBe(200)

  const target = await signsIn('responsable')
  await target.go(page('/accepter'))
  const accept = { form: 'form[action$="/accepter"]' }
  const proposed = await written()
  await killedWhile(() => target.submit(accept))
  expect(await written()).toBe(proposed)
  expect(await rolesIn('Les Tilleuls ASBL')).toMatchObject(LEADS)
  expect((await target.submit(accept)).text).toMatch(/Vous êtes maintenant gestionnaire/)

  await target.go(page('/defaire'))
  const undo = { form: 'form[action$="/defaire"]' }
  const accepted = await written()
  await killedWhile(() => target.submit(undo))
  expect(await written()).toBe(accepted)
  expect((await target.submit(undo)).status).toBe(200)
  expect(await rolesIn('Les Tilleuls ASBL')).toMatchObject(LEADS)
}, 180_000)

test('killed while an invitation is accepted: it waits, nobody is in; pressed again, they are', async () => {
  const [organisation] = await query<{ id: string }>(
    database,
    "select id from organisation where name = 'Les Tilleuls ASBL'",
  )
  const manager = await signsIn('gestionnaire')
  await manager.go(new URL(`/organismes/${organisation?.id}/equipe/inviter`, myanm.issuer))
  const invite = {
    form: 'main form[method=post]',
    fields: { adresse: 'particulier@exemple.be', email: 'particulier@exemple.be', role: 'LECTEUR' },
  }
  const before = await written()
  await killedWhile(() => manager.submit(invite))
  expect(await written()).toBe(before)
  expect((await manager.submit(invite)).status).toBeLessThan(400)
  const [invitation] = await query<{ id: string }>(
    database,
    "select id from invitation where email = 'particulier@exemple.be'",
  )
  expect(invitation).toBeDefined()

  const invited = await signsIn('particulier')
  const path = `/compte/invitations/${invitation?.id}`
  await invited.go(new URL(path, myanm.issuer))
  const accept = { form: `main form[action="${path}"]` }
  const waiting = await written()
  await killedWhile(() => invited.submit(accept))
  expect(await written()).toBe(waiting)
  expect(await rolesIn('Les Tilleuls ASBL')).not.toHaveProperty('particulier')
  expect((await invited.submit(accept)).status).toBeLessThan(400)
  expect(await rolesIn('Les Tilleuls ASBL')).toMatchObject({ particulier: 'LECTEUR' })
}, 120_000)

test('killed while a deletion is asked for: the account is as it was; asked again, it waits its seven days', async () => {
  const leaving = await signsIn('lecteur')
  await leaving.go(new URL('/compte/donnees/suppression', myanm.issuer))
  const ask = { form: 'form[action="/compte/donnees/suppression"]', fields: { compris: 'oui' } }
  const before = await written()
  await killedWhile(() => leaving.submit(ask))
  expect(await written()).toBe(before)
  expect((await leaving.submit(ask)).status).toBe(200)
  const states = await query<{ state: string }>(
    database,
    "select state from account where login = 'lecteur'",
  )
  expect(states).toEqual([{ state: 'deletion_requested' }])
}, 120_000)
