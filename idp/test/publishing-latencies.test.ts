import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  arrange,
  client,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  Visitor,
  withDatabase,
} from '@myanm/testing'
import { fail, type HearingSite, hearingSite } from './stage/hearing-site.ts'
import { until } from './stage/until.ts'

// Ahead 1: « exercised daily by a canary member at each site », « public page with p50/p95/p99 per site ».

let database: TestDatabase
let myanm: TestIdp
let guideSocial: HearingSite
let monasbl: HearingSite

beforeAll(async () => {
  database = await withDatabase()
  guideSocial = await hearingSite()
  monasbl = await hearingSite()
  myanm = await startTestIdp({
    database,
    clients: [
      client({ id: 'guide-social', name: 'Guide Social', kind: 'site', home: guideSocial.home }),
      client({ id: 'monasbl', name: 'MonASBL', kind: 'site', home: monasbl.home }),
      client({ id: 'bilan', name: 'Site partenaire' }),
    ],
  })
}, 60_000)

afterAll(async () => {
  await myanm.stop()
  await guideSocial.close()
  await monasbl.close()
  await database.drop()
})

const at = (path: string) => new URL(path, myanm.issuer)

/** Has the queue of work do something now, as it does by itself. */
async function done(job: 'fly-canary' | 'count-latencies'): Promise<void> {
  const [added] = await query<{ id: string }>(
    database,
    `select id::text from idp_jobs.add_job($1, '{}')`,
    [job],
  )
  await until(async () => {
    const [waiting] = await query<{ last_error: string | null }>(
      database,
      'select last_error from idp_jobs._private_jobs where id = $1',
      [added?.id],
    )
    if (waiting?.last_error) throw new Error(waiting.last_error)
    return waiting === undefined
  }, 60_000)
}

interface Measure {
  readonly changes: number
  readonly unanswered: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

interface Published {
  readonly canary: { readonly flown_at: string | null; readonly is_missed: boolean }
  readonly sites: readonly {
    readonly site: string
    readonly late_since: string | null
    readonly canary: { readonly took: number | null; readonly answered: boolean } | null
    readonly day: Measure | null
    readonly month: Measure | null
  }[]
}

const published = async (): Promise<Published> =>
  (await fetch(at('/etat.json'))).json() as Promise<Published>
const pageText = async () =>
  (await new Visitor().go(at('/etat'))).$('main').text().replace(/\s+/g, ' ')
const siteOf = ({ sites }: Published, site: string) => sites.find((one) => one.site === site)
const canaries = () =>
  query<{ organisation: string; account: string; role: string; state: string }>(
    database,
    `select o.id as organisation, a.id as account, m.role, a.state
      from organisation o join membership m on m.organisation_id = o.id
        join account a on a.id = m.account_id
      where o.is_canary order by m.role`,
  )

test('before the first night the page says so, and that nothing was measured', async () => {
  const home = await new Visitor().go(at('/'))
  expect(home.$('footer a[href="/etat"]')).toHaveLength(1)
  expect(await canaries()).toEqual([])
  const text = await pageText()
  expect(text).toContain('Le premier contrôle n’a pas encore eu lieu')
  expect(text).toContain('Guide Social')
  expect(text).not.toContain('Site partenaire')
  expect(text).toContain('aucun changement')
  const { canary, sites } = await published()
  expect(canary).toEqual({ flown_at: null, is_missed: true })
  expect(sites.map(({ site, day, canary: flight }) => [site, day, flight])).toEqual([
    ['guide-social', null, null],
    ['monasbl', null, null],
  ])
})

describe('the canary of the night', () => {
  test('is changed and changed back, with its lines in the journal, and told to every site', async () => {
    await done('fly-canary')
    await until(() => guideSocial.heard.length === 2 && monasbl.heard.length === 2, 15_000)
    const places = await canaries()
    expect(places.map(({ role, state }) => [role, state])).toEqual([
      ['LECTEUR', 'suspended'],
      ['GESTIONNAIRE', 'suspended'],
    ])
    const lines = await query<{ event: string; actor: string | null; to: string | null }>(
      database,
      `select event, actor_id as actor, details ->> 'to' as to from journal
        where organisation_id = $1 and account_id = $2 order by id`,
      [places[0]?.organisation, places[0]?.account],
    )
    const manager = places[1]?.account
    expect(lines).toEqual([
      { event: 'membership-added', actor: null, to: null },
      { event: 'role-changed', actor: manager, to: 'COLLABORATEUR' },
      { event: 'role-changed', actor: manager, to: 'LECTEUR' },
    ])
    // Known at the two sites, of one sector or two, by names that are nobody's.
    const [heard] = guideSocial.heard
    expect(JSON.stringify(heard?.claims)).not.toMatch(/Canari|LECTEUR/)
  })

  test('is the same one every night', async () => {
    const before = await canaries()
    await done('fly-canary')
    expect(await canaries()).toEqual(before)
    await until(() => guideSocial.heard.length === 4 && monasbl.heard.length === 4, 15_000)
  })

  test('is published: how long each site took, once counted', async () => {
    await done('count-latencies')
    await done('count-latencies')
    const known = await published()
    expect(known.canary.is_missed).toBe(false)
    for (const site of ['guide-social', 'monasbl']) {
      const { canary, day, month, late_since } = siteOf(known, site) ?? {}
      expect(late_since).toBeNull()
      expect(canary).toEqual({ took: expect.any(Number), answered: true })
      expect(day).toEqual({
        ...{ changes: 4, unanswered: 0 },
        ...{ p50: expect.any(Number), p95: expect.any(Number), p99: expect.any(Number) },
      })
      expect(month).toEqual(day)
      expect(day?.p99).toBeGreaterThanOrEqual(Number(day?.p50))
    }
    const text = await pageText()
    expect(text).toMatch(/Dernier contrôle : \S+ \d\d\/\d\d\/\d{4} - \d\d:\d\d\./)
    expect(text).toMatch(/Contrôle de la nuit : [\d,]+ (seconde|minute)s?\./)
    expect(text).toContain('Aucun site n’est en retard en ce moment.')
  })

  test('nobody finds it, nobody joins it, nobody can come in with it', async () => {
    const [member] = await canaries()
    const found = await query(
      database,
      `select from account_identifier where account_id in (
        select account_id from membership where organisation_id = $1)`,
      [member?.organisation],
    )
    expect(found).toEqual([])
    await expect(
      query(
        database,
        `insert into membership (account_id, organisation_id, role) values ($1, $2, 'LECTEUR')`,
        [myanm.accounts.get('particulier'), member?.organisation],
      ),
    ).rejects.toMatchObject({ constraint: 'canary_is_nobody' })
    await expect(
      query(
        database,
        `insert into organisation (kind, name, is_canary) values ('academie', 'Un second', true)`,
      ),
    ).rejects.toMatchObject({ constraint: 'organisation_one_canary' })
  })
})

describe('a site that does not answer', () => {
  test('is late now, did not answer the canary, and is never fast', async () => {
    monasbl.behave(fail(503))
    await done('fly-canary')
    await done('count-latencies')
    const known = await published()
    const { late_since, canary, day } = siteOf(known, 'monasbl') ?? {}
    expect(late_since).not.toBeNull()
    expect(canary).toEqual({ took: null, answered: false })
    // The first of its two changes has waited for ten seconds: of five, one was not answered.
    expect(day).toMatchObject({ p99: null })
    expect(day?.unanswered).toBeGreaterThanOrEqual(1)
    expect(siteOf(known, 'guide-social')).toMatchObject({
      late_since: null,
      canary: { answered: true },
      day: { unanswered: 0 },
    })
    const text = await pageText()
    expect(text).toContain('Des sites sont en retard en ce moment.')
    expect(text).toMatch(
      /En retard depuis \d+ (secondes|minutes) : 2 changements attendent sa réponse\./,
    )
    expect(text).toContain('Contrôle de la nuit : n’a pas répondu.')
  })

  test('that is back has heard it, late', async () => {
    monasbl.behave((answer) => answer.writeHead(202).end())
    await until(async () => siteOf(await published(), 'monasbl')?.late_since === null, 60_000)
    await done('count-latencies')
    const { day, canary } = siteOf(await published(), 'monasbl') ?? {}
    expect(day).toMatchObject({ changes: 6, unanswered: 0 })
    expect(day?.p99).toBeGreaterThan(10_000)
    expect(canary?.took).toBeGreaterThan(1)
  })
})

test('what was counted is forgotten after ninety days, and shown for thirty', async () => {
  await arrange(database, 'delete from site_latency')
  await arrange(
    database,
    `insert into site_latency (client_id, day, within_ms, deliveries)
      select 'guide-social', (now() at time zone 'Europe/Brussels')::date - back, 100, 1
        from unnest(array[20, 40, 90, 91, 200]) as back`,
  )
  await arrange(database, 'delete from signal')
  await done('count-latencies')
  expect(await query(database, 'select count(*)::int as count from site_latency')).toEqual([
    { count: 3 },
  ])
  const { day, month } = siteOf(await published(), 'guide-social') ?? {}
  expect(day).toBeNull()
  expect(month).toMatchObject({ changes: 1, p50: 100 })
})
