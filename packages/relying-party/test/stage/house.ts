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
import { monasbl } from '../../../../apps/monasbl/src/index.ts'
import { sweeli } from '../../../../apps/sweeli/src/index.ts'
import { type RunningSite, type SiteDefinition, startSite } from '../../src/index.ts'

const SITES = { monasbl, sweeli, bilan } as const
export type SiteName = keyof typeof SITES

/** MyANM and the three sites that grow later, whole, on one real database. */
export interface House {
  readonly idp: TestIdp
  readonly database: TestDatabase
  address(site: SiteName, path: string): URL
  /** Time passes for the sites, not for MyANM. */
  pass(milliseconds: number): void
  close(): Promise<void>
}

export async function openHouse(): Promise<House> {
  const database = await withDatabase()
  const idpPort = await freePort()
  const names = Object.keys(SITES) as SiteName[]
  const doors = new Map<SiteName, { url: URL; secret: string }>()
  for (const name of names) {
    const url = new URL(`http://localhost:${await freePort()}`)
    doors.set(name, { url, secret: randomBytes(32).toString('base64url') })
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
  const running: RunningSite[] = []
  for (const [id, { url, secret }] of doors) {
    const definition: SiteDefinition = SITES[id]
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
      SESSION_SECRET: new Secret(randomBytes(32).toString('base64url')),
      ACCOUNT_URL: new URL('/compte', idp.issuer),
    } as const
    running.push(await startSite(definition, config, { log, clock }))
  }
  return {
    idp,
    database,
    address: (site, path) => new URL(path, doors.get(site)?.url),
    pass: (milliseconds) => {
      ahead += milliseconds
    },
    async close() {
      for (const site of running) await site.stop()
      await idp.stop()
      await database.drop()
    },
  }
}
