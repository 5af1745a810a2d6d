import { setTimeout as pause } from 'node:timers/promises'
import { newBrowser } from '../../canary/browser.ts'
import { type WatchedSite, watchedSites } from '../../canary/sites.ts'
import type { Effort } from '../effort.ts'
import { gather } from '../load/audience.ts'
import { connect } from '../load/connection.ts'
import { percentile } from '../load/pace.ts'
import { signInsUntilStopped } from '../load/sign-ins.ts'
import type { Database } from '../sides/database.ts'
import { startRealSite } from '../sides/real-site.ts'
import { openRoleChanges } from '../sides/role-changes.ts'
import { accounts } from '../sides/scene.ts'
import type { Side } from '../sides/side.ts'
import { atMost, exactly, type Figure } from './figure.ts'

/** People whose role changes in turn, each with a browser at the site. */
const CHANGING = 6
/** Browsers that sign in meanwhile, as fast as they are answered. */
const LOAD = 4
/** Between two changes, in milliseconds. */
const BETWEEN = 60
/** Later than this is not at all, in milliseconds. */
const PATIENCE = 20_000

/**
 * P6 where a person sees it: from the commit of a change to the first page of a real site, with the kit
 * every site has, that shows the new right; while others sign in.
 */
export async function rightsOnAPage(
  side: Side,
  effort: Effort,
  where: { readonly root: string; readonly directory: string; readonly database: Database },
): Promise<Figure[]> {
  const times = Math.ceil(effort.refreshes / 8)
  const issuer = side.endpoints.token.origin
  await using scene = new AsyncDisposableStack()
  const { home } = scene.use(await startRealSite({ ...where, issuer }))
  const changes = scene.use(openRoleChanges(where.database.url))
  const connection = connect(issuer, 64)
  scene.defer(connection.close)
  const [site] = watchedSites({ monasbl: home.href })
  if (!site) throw new Error('No site to watch')

  // Every tenth is a GESTIONNAIRE, whose role is not to be changed; the first ones are the load.
  const people = accounts.filter((_, index) => index % 10 !== 0).slice(-CHANGING)
  const watching = await Promise.all(
    people.map(async ({ login, password }) => {
      const browser = newBrowser()
      await browser.signIn(site.address, { login, password })
      return { login, browser }
    }),
  )
  const load = signInsUntilStopped(side, connection, await gather(side, connection, LOAD))

  const seen: number[] = []
  for (let turn = 0; turn < times; turn += 1) {
    const { login, browser } = watching[turn % watching.length] ?? fail()
    const role = Math.floor(turn / watching.length) % 2 === 0 ? 'LECTEUR' : 'COLLABORATEUR'
    const committed = await changes.give(login, role)
    await shown(() => browser.open(site.address), site, role)
    seen.push(performance.now() - committed)
    await pause(BETWEEN)
  }
  const signedIn = await load.stop()

  seen.sort((left, right) => left - right)
  const line = (what: string, share: number): Figure => ({
    ...{ code: 'P6', what: `new right seen on the page of a real site, ${what}`, unit: 'ms' },
    ...{ ours: exactly(percentile(seen, share)), theirs: null, ratio: null, target: null },
  })
  const worst = line('99 in 100', 0.99)
  return [
    line('50 in 100', 0.5),
    line('95 in 100', 0.95),
    { ...worst, target: atMost(1000, 'ms', worst.ours) },
    {
      ...{ code: 'P6', what: 'sign-ins meanwhile, at the real site', unit: 'per s' },
      ...{ ours: exactly(signedIn), theirs: null, ratio: null, target: null },
    },
  ]
}

/** Opens the page again and again until it shows a role. @throws Error when it never does: it is lost */
async function shown(
  open: () => Promise<Parameters<WatchedSite['shows']>[0]>,
  site: WatchedSite,
  role: string,
): Promise<void> {
  const giveUp = performance.now() + PATIENCE
  while (site.shows(await open()) !== role) {
    if (performance.now() > giveUp) throw new Error(`${site.key} never showed ${role}`)
    await pause(2)
  }
}

function fail(): never {
  throw new Error('Nobody is watched')
}
