import { setTimeout as pause } from 'node:timers/promises'
import { folderIn, readJson } from '../start/folder.ts'
import { newBrowser } from './browser.ts'
import { canaryMember, canaryPassword, openDatabase, roleOf, type TriedRole } from './member.ts'
import type { Latency } from './report.ts'
import { seenAt, type WatchedSite, watchedSites } from './sites.ts'

/** Longest a change is waited for, in milliseconds: later is not at all. */
const PATIENCE = 10_000

interface Asked {
  readonly times: number
  readonly tell: (what: string) => Promise<void> | undefined | void
}

/** Where the canary flies. */
export interface Air {
  readonly issuer: URL
  readonly databaseUrl: URL
  /** The home of each site, by its key. */
  readonly sites: Readonly<Record<string, string>>
  readonly password: string
  readonly patience?: number
}

/** The same on the scene that was started here. @returns null when none was */
export async function flyOverScene(root: string, asked: Asked): Promise<readonly Latency[] | null> {
  const folder = folderIn(root)
  const demo = (await readJson(folder.demo)) as { sites: Record<string, string> } | undefined
  const myanm = (await readJson(folder.myanm)) as
    | { DATABASE_URL: string; PUBLIC_URL: string }
    | undefined
  if (!demo || !myanm) return null
  const air = {
    issuer: new URL(myanm.PUBLIC_URL),
    databaseUrl: new URL(myanm.DATABASE_URL),
    sites: demo.sites,
    password: await canaryPassword(root),
  }
  return flyCanary(air, asked)
}

/**
 * Has the role of the canary changed again and again, by its GESTIONNAIRE, and measures at each site how
 * long it takes from just before the commit until the site has acknowledged the change, and until its
 * own page shows the new right.
 */
export async function flyCanary(air: Air, asked: Asked): Promise<readonly Latency[]> {
  const { issuer, databaseUrl, patience = PATIENCE } = air
  const canary = await canaryMember(databaseUrl, air.password)
  const database = await openDatabase(databaseUrl)
  try {
    const [browser, managersBrowser] = [newBrowser(), newBrowser()]
    const role = roleOf(canary, { browser: managersBrowser, issuer, database })
    const sites = watchedSites(air.sites)
    await asked.tell('sign-in')
    for (const { address } of sites) await browser.signIn(address, canary.member)

    const changeOnce = async (): Promise<Latency[]> => {
      const wanted: TriedRole = (await role.now()).role === 'LECTEUR' ? 'COLLABORATEUR' : 'LECTEUR'
      const press = await role.propose(wanted)
      const looking = Promise.all(
        sites.map((site) => seenAt(browser, site, { role: wanted, patience })),
      )
      const { signal, at } = await press()
      const acknowledged = await acknowledgements({
        ...{ sites, patience },
        read: () => role.acknowledged(signal),
      })
      const since = (moment: Date | null | undefined): number =>
        moment ? Math.max(0, moment.getTime() - at.getTime()) : Number.POSITIVE_INFINITY
      const seen = await looking
      return sites.map(({ key }, index) => ({
        site: key,
        acknowledged: [since(acknowledged.get(key))],
        seen: [since(seen[index])],
      }))
    }

    // The first change is for what is read for the first time; it is not counted.
    await changeOnce()
    const turns: Latency[][] = []
    for (let turn = 0; turn < asked.times; turn += 1) {
      await asked.tell(`${turn + 1}/${asked.times}`)
      turns.push(await changeOnce())
      await pause(100)
    }
    return sites.map(({ key }, index) => ({
      site: key,
      acknowledged: turns.flatMap((turn) => turn[index]?.acknowledged ?? []),
      seen: turns.flatMap((turn) => turn[index]?.seen ?? []),
    }))
  } finally {
    await database.end()
  }
}

/** Waits until every site has acknowledged a change. @returns when each did */
async function acknowledgements(of: {
  readonly sites: readonly WatchedSite[]
  readonly patience: number
  readonly read: () => Promise<ReadonlyMap<string, Date | null>>
}): Promise<ReadonlyMap<string, Date | null>> {
  const giveUp = performance.now() + of.patience
  for (;;) {
    const known = await of.read()
    if (of.sites.every(({ key }) => known.get(key)) || performance.now() > giveUp) return known
    await pause(10)
  }
}
