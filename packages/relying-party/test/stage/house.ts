import { randomBytes } from 'node:crypto'
import { createLog, Secret } from '@myanm/chassis'
import {
  client,
  freePort,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  withDatabase,
} from '@myanm/testing'
import { bilan } from '../../../../apps/bilan/src/index.ts'
import { guideSocial } from '../../../../apps/guide-social/src/index.ts'
import { monasbl } from '../../../../apps/monasbl/src/index.ts'
import { sweeli } from '../../../../apps/sweeli/src/index.ts'
import { type RunningSite, type SiteDefinition, startSite } from '../../src/index.ts'

const SITES = { 'guide-social': guideSocial, monasbl, sweeli, bilan } as const
export type SiteName = keyof typeof SITES

/** MyANM and the four sites, whole, on one real database. */
export interface House {
  readonly idp: TestIdp
  readonly database: TestDatabase
  address(site: SiteName, path: string): URL
  /** Site after site goes away, or comes back, where it was. */
  stopSite(site: SiteName): Promise<void>
  startSite(site: SiteName): Promise<void>
  /** Time passes for the sites, not for MyANM. */
  pass(milliseconds: number): void
  close(): Promise<void>
}

interface Door {
  readonly url: URL
  readonly secret: string
  /** What its sessions are sealed with. */
  readonly sessions: string
}

const newSecret = () => randomBytes(32).toString('base64url')

export async function openHouse(): Promise<House> {
  const database = await withDatabase()
  const idpPort = await freePort()
  const names = Object.keys(SITES) as SiteName[]
  const doors = new Map<SiteName, Door>()
  for (const name of names) {
    const url = new URL(`http://localhost:${await freePort()}`)
    doors.set(name, { url, secret: newSecret(), sessions: newSecret() })
  }
  const idp = await startTestIdp({
    database,
    port: idpPort,
    clients: [...doors].map(([id, { url, secret }]) =>
      client({
        id,
        name: SITES[id].name,
        kind: 'site',
        home: url.origin,
        secret,
        redirectUris: [new URL('/retour', url).href],
      }),
    ),
  })
  let ahead = 0
  const clock = { now: () => new Date(Date.now() + ahead) }
  const log = createLog('site', process.env['TEST_LOG'] ?? 'silent')
  const running = new Map<SiteName, RunningSite>()
  const start = async (id: SiteName): Promise<void> => {
    const { url, secret, sessions } = doors.get(id) as Door
    const definition = SITES[id] as SiteDefinition
    const config = {
      PORT: Number(url.port),
      HOST: 'localhost',
      PUBLIC_URL: url,
      LOG_LEVEL: 'silent',
      TRUSTED_PROXIES: 0,
      STOP_WITH_PARENT: '0',
      DATABASE_URL: database.urlFor(id),
      ISSUER: idp.issuer,
      CLIENT_ID: id,
      CLIENT_SECRET: new Secret(secret),
      SESSION_SECRET: new Secret(sessions),
      ACCOUNT_URL: new URL('/compte', idp.issuer),
    } as const
    running.set(id, await startSite(definition, config, { log, clock }))
  }
  const stop = async (id: SiteName): Promise<void> => {
    await running.get(id)?.stop()
    running.delete(id)
  }
  for (const id of names) await start(id)
  return {
    idp,
    database,
    address: (site, path) => new URL(path, doors.get(site)?.url),
    stopSite: stop,
    startSite: start,
    pass: (milliseconds) => {
      ahead += milliseconds
    },
    async close() {
      for (const id of names) await stop(id)
      await idp.stop()
      await database.drop()
    },
  }
}
