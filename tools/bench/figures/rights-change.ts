import { setTimeout as pause } from 'node:timers/promises'
import { seedScene } from '@myanm/idp/scene'
import pg from 'pg'
import type { Effort } from '../effort.ts'
import { gather, type Member } from '../load/audience.ts'
import { type Connection, connect } from '../load/connection.ts'
import { percentile } from '../load/pace.ts'
import { signIn } from '../load/sign-in.ts'
import { signInsUntilStopped } from '../load/sign-ins.ts'
import { post } from '../load/tokens.ts'
import { type HearingSite, hearingSite } from '../sides/hearing-sites.ts'
import { openRoleChanges } from '../sides/role-changes.ts'
import type { Side } from '../sides/side.ts'
import { spreadOf } from './alternation.ts'
import { atMost, exactly, type Figure } from './figure.ts'

/** As many as the house has. */
const SITES = 4
/** People whose role changes, each signed in at every site; the others are the load. */
const CHANGING = 12
/** Browsers that sign in meanwhile, as fast as they are answered. */
const LOAD = 4
/** Between two changes, in milliseconds. */
const BETWEEN = 60
/** Longest the last change is waited for, in milliseconds. */
const PATIENCE = 60_000

/**
 * P6: the role of somebody changes while others sign in. How many answers were stale at an introspection
 * asked for right after the commit; how long until each site had heard, since the commit.
 */
export async function rightsChange(
  side: Side,
  effort: Effort,
  databaseUrl: URL,
): Promise<Figure[]> {
  const times = effort.refreshes / 4
  await using scene = new AsyncDisposableStack()
  const sites: HearingSite[] = []
  for (let index = 0; index < SITES; index += 1) {
    const site = await hearingSite(`site-${index}`, side.site.scope)
    scene.defer(site.close)
    sites.push(site)
  }
  await seedScene({
    databaseUrl,
    organisations: [],
    people: [],
    clients: sites.map(({ client }) => client),
  })
  const connection = connect(side.endpoints.token.origin, 64)
  scene.defer(connection.close)
  const database = new pg.Client({ connectionString: databaseUrl.href })
  await database.connect()
  scene.defer(() => database.end())
  const changes = scene.use(openRoleChanges(databaseUrl))

  // Every tenth is a GESTIONNAIRE, whose role is not to be changed.
  const members = (
    await gather(side, connection, CHANGING + Math.ceil(CHANGING / 8) + LOAD)
  ).filter((_, index) => index % 10 !== 0)
  const changing = members.slice(0, CHANGING)
  for (const { visitor, account } of changing) {
    for (const { site } of sites) await signIn(connection, { ...side, site }, { visitor, account })
  }
  const load = signInsUntilStopped(side, connection, members.slice(CHANGING))

  const committed: number[] = []
  let stale = 0
  for (let turn = 0; turn < times; turn += 1) {
    const member = changing[turn % changing.length] as Member
    const role = Math.floor(turn / changing.length) % 2 === 0 ? 'LECTEUR' : 'RESPONSABLE'
    committed.push(await changes.give(member.account.login, role))
    if ((await roleOf(side, connection, member)) !== role) stale += 1
    await pause(BETWEEN)
  }
  const perSite = await timesOf(database, sites, committed)
  const signedIn = await load.stop()

  const at = (share: number) => spreadOf(perSite.map((own) => percentile(own, share)))
  const line = (what: string, share: number): Figure => ({
    code: 'P6',
    what: `change of rights acknowledged by a site, ${what}`,
    unit: 'ms',
    ours: at(share),
    theirs: null,
    ratio: null,
    target: null,
  })
  return [
    {
      code: 'P6',
      what: `stale answers at introspection, of ${times} changes`,
      unit: 'answers',
      ours: exactly(stale),
      theirs: null,
      ratio: null,
      target: { words: '0', reached: stale === 0 },
    },
    line('50 in 100', 0.5),
    line('95 in 100', 0.95),
    { ...line('99 in 100', 0.99), target: atMost(1000, 'ms', at(0.99)) },
    {
      code: 'P6',
      what: 'sign-ins meanwhile',
      unit: 'per s',
      ours: exactly(signedIn),
      theirs: null,
      ratio: null,
      target: null,
    },
  ]
}

/** What a resource server is told of a member now. */
async function roleOf(side: Side, connection: Connection, member: Member): Promise<string> {
  const { endpoints, asker } = side
  if (!endpoints.introspection) throw new Error(`${side.name} offers no introspection`)
  const fields = `token=${encodeURIComponent(member.tokens.access_token)}`
  const text = await post(connection, { endpoint: endpoints.introspection, client: asker, fields })
  return String((JSON.parse(text) as { org?: { role?: unknown } }).org?.role)
}

/**
 * For each site: how long after its commit each change was heard of, sorted, in milliseconds.
 * @throws Error when one was not: it is lost
 */
async function timesOf(
  database: pg.Client,
  sites: readonly HearingSite[],
  committed: readonly number[],
): Promise<readonly (readonly number[])[]> {
  const giveUp = performance.now() + PATIENCE
  while (sites.some(({ heard }) => heard.size < committed.length)) {
    if (performance.now() > giveUp) throw new Error('A site has not heard of every change')
    await pause(20)
  }
  const { rows } = await database.query<{ id: string; client_id: string; turn: number }>(
    `select delivery.id, delivery.client_id,
        dense_rank() over (order by delivery.position)::int - 1 as turn
      from signal_delivery delivery where delivery.client_id = any ($1)`,
    [sites.map(({ site }) => site.id)],
  )
  return sites.map(({ site, heard }) =>
    rows
      .filter(({ client_id: client }) => client === site.id)
      .map(({ id, turn }) => (heard.get(id) ?? Number.NaN) - (committed[turn] ?? Number.NaN))
      .sort((left, right) => left - right),
  )
}
