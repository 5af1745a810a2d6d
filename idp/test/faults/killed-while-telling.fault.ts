import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  answerQuestions,
  client,
  newVisitor,
  query,
  type TestDatabase,
  typeCredentials,
  withDatabase,
} from '@myanm/testing'
import pg from 'pg'
import { type HearingSite, hearingSite } from '../stage/hearing-site.ts'
import { type OwnProcess, startOwnProcess } from '../stage/own-process.ts'
import { until } from '../stage/until.ts'
import { onTheWire } from '../stage/wire.ts'

// Yardsticks P6, ahead 1: killed with -9 between the commit of a change of rights and its delivery, again
// and again: none is lost, and each person’s come in order. `KILLS=1000` for the whole of it.

const KILLS = Number(process.env['KILLS'] ?? 25)

let database: TestDatabase
let myanm: OwnProcess
let sites: readonly HearingSite[]
let clients: ReturnType<typeof client>[]
/** As MyANM itself changes things, in the name of its own role. */
let changing: pg.Client

beforeAll(async () => {
  database = await withDatabase()
  sites = [await hearingSite(), await hearingSite()]
  const names = ['guide-social', 'monasbl']
  clients = [
    ...names.map((id, index) =>
      client({ id, name: id, kind: 'site', home: sites[index]?.home ?? '' }),
    ),
    client({ id: 'bilan' }),
  ]
  myanm = await startOwnProcess({ database, clients })
  changing = new pg.Client({ connectionString: database.urlFor('idp').href })
  await changing.connect()
}, 60_000)

afterAll(async () => {
  await changing.end()
  await myanm.stop()
  for (const site of sites) await site.close()
  await database.drop()
})

test('killed between a change and its delivery, again and again: none is lost, all in order', async () => {
  const people = ['lecteur', 'collegue', 'collaborateur']
  for (const key of people) {
    const visitor = newVisitor()
    for (const site of ['guide-social', 'monasbl']) {
      await visitor.go(onTheWire(myanm.issuer).request(site).url)
      if (visitor.page?.url.pathname.startsWith('/connexion/')) await typeCredentials(visitor, key)
      await answerQuestions(visitor)
    }
  }
  for (const site of sites) site.forget()
  await query(database, 'delete from signal')

  let caught = 0
  for (let round = 0; round < KILLS; round += 1) {
    const who = people[round % people.length] ?? ''
    const isEven = Math.floor(round / people.length) % 2 === 0
    await changing.query(
      `update membership set role = $2 where account_id = (select id from account where login = $1)`,
      [who, isEven ? 'RESPONSABLE' : 'LECTEUR'],
    )
    // Somewhere between the commit and a little after the last answer.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
    await myanm.kill()
    if ((await unheard()) > 0) caught += 1
    myanm = await startOwnProcess({ database, clients, environment: myanm.environment })
  }
  await until(async () => (await unheard()) === 0, 60_000)

  const changes = await query<{ id: string }>(database, 'select id from signal')
  expect(changes).toHaveLength(KILLS)
  const acknowledged = await query<{ id: string; client_id: string; state: string }>(
    database,
    'select id, client_id, state from signal_delivery',
  )
  expect(acknowledged.filter(({ state }) => state !== 'acknowledged')).toEqual([])
  let twice = 0
  for (const [index, site] of sites.entries()) {
    const mine = acknowledged.filter(({ client_id }) => client_id === clients[index]?.id)
    expect(mine).toHaveLength(changes.length)
    const heard = new Set(site.heard.map(({ claims }) => claims.jti))
    expect(mine.filter(({ id }) => !heard.has(id))).toEqual([])
    twice += site.heard.length - heard.size
    inOrder(site)
  }
  process.stdout.write(
    `${KILLS} kills, ${caught} of them before all was delivered: ${changes.length} changes for ${sites.length} sites, none lost, all in order; ${twice} told twice\n`,
  )
}, 7_200_000)

/** Deliveries that are to be made still; a change that is none yet is one for each site. */
async function unheard(): Promise<number> {
  const [row] = await query<{ waiting: number }>(
    database,
    `select ((select count(*) from signal_delivery where state = 'pending')
      + (select count(*) from signal where spread_at is null) * 2)::int as waiting`,
  )
  return row?.waiting ?? 0
}

/** Each person’s changes were heard in the order they were made: the first time, for what came twice. */
function inOrder(site: HearingSite): void {
  const seen = new Set<string>()
  const latest = new Map<string, number>()
  for (const { claims } of site.heard) {
    if (seen.has(String(claims.jti))) continue
    seen.add(String(claims.jti))
    const { sub } = claims['sub_id'] as { sub: string }
    const [event] = Object.values(
      claims['events'] as Record<string, { claims: { rights_version: number } }>,
    )
    const version = event?.claims.rights_version ?? 0
    expect(version).toBeGreaterThan(latest.get(sub) ?? 0)
    latest.set(sub, version)
  }
}
