import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { query } from '@myanm/testing'
import { type House, openHouse } from '../../packages/relying-party/test/stage/house.ts'
import { type Air, flyCanary } from '../canary/canary.ts'
import { complaintsOf, tableOf } from '../canary/report.ts'

// Ahead 1: a change of rights is tried on a canary, by the door a GESTIONNAIRE uses, and timed at each site.

let house: House
let air: Air
const SITES = ['guide-social', 'monasbl', 'sweeli', 'bilan'] as const

beforeAll(async () => {
  house = await openHouse()
  air = {
    issuer: house.idp.issuer,
    databaseUrl: house.database.urlFor('idp'),
    sites: Object.fromEntries(SITES.map((site) => [site, house.address(site, '/').href])),
    password: 'le canari chante à l’aube',
  }
}, 120_000)
afterAll(() => house.close())

test('every site acknowledges each change and shows it; the GESTIONNAIRE’s own page made it', async () => {
  const latencies = await flyCanary({ ...air, patience: 60_000 }, { times: 2, tell: () => {} })
  expect(latencies.map(({ site }) => site)).toEqual([...SITES])
  for (const { acknowledged, seen } of latencies) {
    expect(acknowledged).toHaveLength(2)
    expect(seen).toHaveLength(2)
    expect([...acknowledged, ...seen].every(Number.isFinite)).toBe(true)
  }
  expect(tableOf(latencies)).not.toContain('never')
  const lines = await query<{ by: string; to: string }>(
    house.database,
    `select a.login as by, j.details ->> 'to' as to from journal j join account a on a.id = j.actor_id
      where j.event = 'role-changed' order by j.id`,
  )
  expect(lines).toEqual([
    { by: 'canari.responsable', to: 'COLLABORATEUR' },
    { by: 'canari.responsable', to: 'LECTEUR' },
    { by: 'canari.responsable', to: 'COLLABORATEUR' },
  ])
})

test('a site that does not hear is complained of, and never fast', async () => {
  const latencies = await flyCanary(
    { ...air, patience: 3_000 },
    {
      times: 1,
      // Signed in there already: it goes away between two changes.
      tell: (what) => (what === '1/1' ? house.stopSite('sweeli') : undefined),
    },
  )
  const sweeli = latencies.find(({ site }) => site === 'sweeli')
  expect(sweeli).toEqual({
    site: 'sweeli',
    acknowledged: [Number.POSITIVE_INFINITY],
    seen: [Number.POSITIVE_INFINITY],
  })
  expect(complaintsOf(latencies)).toEqual(
    expect.arrayContaining([
      'sweeli did not acknowledge 1 of 1 changes at all.',
      'sweeli did not show 1 of 1 changes at all.',
    ]),
  )
})
