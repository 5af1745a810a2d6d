import { createLog, Secret } from '@myanm/chassis'
import { freePort, type TestDatabase, withDatabase } from '@myanm/testing'
import { type Clock, type RunningSite, type SiteConfig, startSite } from '../../src/index.ts'
import { spread } from './balancer.ts'
import { type StandIn, startProvider } from './provider.ts'
import { testSite } from './site.ts'

/** A clock the test can move. */
export interface MovableClock extends Clock {
  forward(milliseconds: number): void
}

function movableClock(): MovableClock {
  let ahead = 0
  return {
    now: () => new Date(Date.now() + ahead),
    forward(milliseconds) {
      ahead += milliseconds
    },
  }
}

export interface Stage {
  readonly provider: StandIn
  readonly site: URL
  /** Where the site listens, whatever its public address. */
  readonly port: number
  readonly clock: MovableClock
  readonly database: TestDatabase
  /** Stops everything. */
  clear(): Promise<void>
}

/** PostgreSQL, a provider and a site, all real. */
export async function setStage(
  options: {
    /** How many run the site, behind its one address. */
    readonly processes?: number
    /** The address people see, as behind a proxy. */
    readonly publicUrl?: URL
  } = {},
): Promise<Stage> {
  const { processes = 1 } = options
  const database = await withDatabase()
  const port = await freePort()
  const site = options.publicUrl ?? new URL(`http://127.0.0.1:${port}`)
  const client = { id: 'site', secret: 'the secret of the site, long enough', url: site }
  const provider = await startProvider([client])
  const clock = movableClock()
  const running: RunningSite[] = []

  const start = async (listenOn: number) => {
    const config: SiteConfig = {
      PORT: listenOn,
      HOST: '127.0.0.1',
      PUBLIC_URL: site,
      LOG_LEVEL: 'silent',
      TRUSTED_PROXIES: 0,
      STOP_WITH_PARENT: '0',
      DATABASE_URL: database.urlFor(testSite.key),
      ISSUER: provider.issuer,
      CLIENT_ID: client.id,
      CLIENT_SECRET: new Secret(client.secret),
      SESSION_SECRET: new Secret('a session secret for tests, long enough'),
      ACCOUNT_URL: new URL('/compte', provider.issuer),
    }
    const log = createLog('site', process.env['TEST_LOG'] ?? 'silent')
    running.push(await startSite(testSite, config, { clock, log }))
  }
  const ports =
    processes === 1 ? [port] : await Promise.all(Array.from({ length: processes }, freePort))
  for (const one of ports) await start(one)
  const balancer = processes === 1 ? undefined : await spread(port, ports)

  return {
    provider,
    site,
    port,
    clock,
    database,
    async clear() {
      await balancer?.close()
      for (const one of running) await one.stop()
      await provider.goDown()
      await database.drop()
    },
  }
}
