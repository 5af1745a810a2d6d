import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Connection, connect, transact } from '@myanm/database'
import {
  answerQuestions,
  client,
  newVisitor,
  query,
  type TestDatabase,
  typeCredentials,
  withDatabase,
} from '@myanm/testing'
import { changeRole, findMembership, lockOrganisation } from '../../src/organisations/index.ts'
import type { Tables } from '../../src/tables.ts'
import { type HearingSite, hearingSite } from '../stage/hearing-site.ts'
import { type OwnProcess, startOwnProcess } from '../stage/own-process.ts'
import { until } from '../stage/until.ts'
import { onTheWire } from '../stage/wire.ts'

// Yardsticks P6, ahead 1: killed with -9 between the commit of a change of rights and its delivery, again
// and again: none is lost, and each person’s come in order. `KILLS=1000` for the whole of it; `KILLS_REPORT`
// names a file for what came of it.

const KILLS = Number(process.env['KILLS'] ?? 25)

let database: TestDatabase
let myanm: OwnProcess
let sites: readonly HearingSite[]
let clients: ReturnType<typeof client>[]
/** As MyANM itself changes things, in the name of its own role. */
let changing: Connection<Tables>

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
  changing = connect<Tables>({ url: database.urlFor('idp'), name: 'changing', max: 1 })
}, 60_000)

afterAll(async () => {
  await changing.close()
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
    await giveAnotherRole(who)
    // Somewhere between the commit and a little after the last answer.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
    await myanm.kill()
    if ((await unheard()) > 0) caught += 1
    myanm = await startOwnProcess({ database, clients, environment: myanm.environment })
  }
  await until(async () => (await unheard()) === 0, 60_000)

  const changes = await query<{ id: string }>(database, 'select id from signal')
  const acknowledged = await query<{ id: string; client_id: string; state: string }>(
    database,
    'select id, client_id, state from signal_delivery',
  )
  let lost = KILLS * sites.length - acknowledged.length
  let twice = 0
  let outOfOrder = 0
  for (const [index, site] of sites.entries()) {
    const mine = acknowledged.filter(({ client_id }) => client_id === clients[index]?.id)
    const heard = new Set(site.heard.map(({ claims }) => claims.jti))
    lost += mine.filter(({ id, state }) => state !== 'acknowledged' || !heard.has(id)).length
    twice += site.heard.length - heard.size
    outOfOrder += countOutOfOrder(site)
  }
  const told = { kills: KILLS, caught, lost, twice, outOfOrder }
  const report = process.env['KILLS_REPORT']
  if (report !== undefined) await writeFile(report, JSON.stringify(told))
  process.stdout.write(
    `${KILLS} kills, ${caught} of them before all was delivered: ${changes.length} changes for ${sites.length} sites, ${lost} lost, ${outOfOrder} out of order; ${twice} told twice\n`,
  )
  expect(changes).toHaveLength(KILLS)
  expect(told).toMatchObject({ lost: 0, outOfOrder: 0 })
}, 7_200_000)

/** As the pages do it, in a process that is not killed: LECTEUR becomes RESPONSABLE, and back. */
async function giveAnotherRole(login: string): Promise<void> {
  const [place] = await query<{ organisation: string; account: string }>(
    database,
    `select organisation_id as organisation, account_id as account
      from membership join account on account.id = account_id where login = $1`,
    [login],
  )
  if (!place) throw new Error(`${login} is in no organisation`)
  await transact(changing.db, async (tx) => {
    await lockOrganisation(tx, place.organisation)
    const before = await findMembership(tx, place)
    const role = before?.role === 'RESPONSABLE' ? 'LECTEUR' : 'RESPONSABLE'
    await changeRole(tx, { ...place, by: null, role })
  })
}

/** Deliveries that are to be made still; a change that is none yet is one for each site. */
async function unheard(): Promise<number> {
  const [row] = await query<{ waiting: number }>(
    database,
    `select ((select count(*) from signal_delivery where state = 'pending')
      + (select count(*) from signal where spread_at is null) * 2)::int as waiting`,
  )
  return row?.waiting ?? 0
}

/**
 * Changes of a person that were heard after a later one of theirs: at the first time, for what came twice.
 */
function countOutOfOrder(site: HearingSite): number {
  const seen = new Set<string>()
  const latest = new Map<string, number>()
  let count = 0
  for (const { claims } of site.heard) {
    if (seen.has(String(claims.jti))) continue
    seen.add(String(claims.jti))
    const { sub } = claims['sub_id'] as { sub: string }
    const [event] = Object.values(
      claims['events'] as Record<string, { claims: { rights_version: number } }>,
    )
    const version = event?.claims.rights_version ?? 0
    if (version <= (latest.get(sub) ?? 0)) count += 1
    latest.set(sub, Math.max(version, latest.get(sub) ?? 0))
  }
  return count
}
