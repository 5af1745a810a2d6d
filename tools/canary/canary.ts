import { setTimeout as pause } from 'node:timers/promises'
import { percentile } from '../bench/load/pace.ts'
import { folderIn, readJson } from '../start/folder.ts'
import { newBrowser } from './browser.ts'
import { canaryMember, openDatabase, roleOf } from './member.ts'
import { seenAt, type WatchedSite, watchedSites } from './sites.ts'

/** Longest a change is waited for, in milliseconds: later is not at all. */
const PATIENCE = 10_000

/** What a site made of the changes, in milliseconds; infinite where it never did. */
export interface Latency {
  readonly site: string
  readonly acknowledged: readonly number[]
  readonly seen: readonly number[]
}

/**
 * Changes the role of the canary again and again on the running scene, and measures at each site how
 * long it takes until the site has acknowledged the change, and until its own page shows the new right.
 * @returns null when no scene was started here
 */
export async function flyCanary(
  root: string,
  asked: { readonly times: number; readonly tell: (what: string) => void },
): Promise<readonly Latency[] | null> {
  const folder = folderIn(root)
  const demo = (await readJson(folder.demo)) as { sites: Record<string, string> } | undefined
  const myanm = (await readJson(folder.myanm)) as { DATABASE_URL: string } | undefined
  if (!demo || !myanm) return null
  const databaseUrl = new URL(myanm.DATABASE_URL)
  const canary = await canaryMember(root, databaseUrl)
  const database = await openDatabase(databaseUrl)
  try {
    const role = roleOf(canary, database)
    const sites = watchedSites(demo.sites)
    const browser = newBrowser()
    await role.give('LECTEUR')
    asked.tell('sign-in')
    for (const { address } of sites) await browser.signIn(address, canary)
    const found = new Map(
      sites.map(({ key }) => [key, { acknowledged: [] as number[], seen: [] as number[] }]),
    )

    const changeOnce = async (wanted: 'LECTEUR' | 'COLLABORATEUR'): Promise<void> => {
      const at = await role.give(wanted)
      const since = performance.now()
      const seen = sites.map((site) =>
        seenAt(browser, site, { role: wanted, since, patience: PATIENCE }),
      )
      const acknowledged = acknowledgements(sites, role.acknowledged, at)
      for (const [index, { key }] of sites.entries()) {
        found.get(key)?.seen.push((await seen[index]) ?? Number.POSITIVE_INFINITY)
        found.get(key)?.acknowledged.push((await acknowledged).get(key) ?? Number.POSITIVE_INFINITY)
      }
    }
    // The first change is for what is read for the first time; it is not counted.
    await changeOnce('COLLABORATEUR')
    for (const list of found.values()) {
      list.acknowledged.length = 0
      list.seen.length = 0
    }
    for (let turn = 0; turn < asked.times; turn += 1) {
      asked.tell(`${turn + 1}/${asked.times}`)
      await changeOnce(turn % 2 === 0 ? 'LECTEUR' : 'COLLABORATEUR')
      await pause(100)
    }
    return sites.map(({ key }) => ({
      site: key,
      ...(found.get(key) ?? { acknowledged: [], seen: [] }),
    }))
  } finally {
    await database.end()
  }
}

/** Waits until every site has acknowledged the latest change. @returns how long each took */
async function acknowledgements(
  sites: readonly WatchedSite[],
  read: () => Promise<ReadonlyMap<string, Date | null>>,
  at: Date,
): Promise<ReadonlyMap<string, number>> {
  const giveUp = performance.now() + PATIENCE
  for (;;) {
    const known = await read()
    const times = new Map(
      [...known].flatMap(([key, settled]) =>
        settled && settled > at ? [[key, settled.getTime() - at.getTime()] as const] : [],
      ),
    )
    if (sites.every(({ key }) => times.has(key)) || performance.now() > giveUp) return times
    await pause(10)
  }
}

/** Medians and the slow end, as lines of a table. */
export function tableOf(latencies: readonly Latency[]): string {
  const columns = [0.5, 0.95, 0.99] as const
  const cell = (times: readonly number[], share: number) => {
    const value = percentile(
      times.toSorted((left, right) => left - right),
      share,
    )
    return (Number.isFinite(value) ? `${Math.round(value)} ms` : '—').padStart(9)
  }
  const line = (name: string, cells: readonly string[]) => `${name.padEnd(16)}${cells.join('')}`
  const heads = columns.map((share) => `p${share * 100}`.padStart(9))
  const rows = latencies.map(({ site, acknowledged, seen }) =>
    line(site, [
      ...columns.map((share) => cell(acknowledged, share)),
      ...columns.map((share) => cell(seen, share)),
    ]),
  )
  return [
    line('', ['acknowledged'.padStart(27), 'seen on the page'.padStart(27)]),
    line('', [...heads, ...heads]),
    ...rows,
    '',
  ].join('\n')
}
