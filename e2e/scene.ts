import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bilan } from '@myanm/bilan'
import { createLog, readConfig } from '@myanm/chassis'
import { guideSocial } from '@myanm/guide-social'
import { type RunningIdp, settings, startIdp } from '@myanm/idp'
import { startMailbox } from '@myanm/mailbox'
import { monasbl } from '@myanm/monasbl'
import { readSiteConfig, type SiteDefinition, startSite } from '@myanm/relying-party'
import { sweeli } from '@myanm/sweeli'
import { freePort, type TestDatabase, withDatabase } from '@myanm/testing'
import { sceneClients } from '../tools/start/clients.ts'
import { addressOf, environmentOf, known } from '../tools/start/environment.ts'
import { fill } from '../tools/start/fill.ts'
import { folderIn, makeFolder } from '../tools/start/folder.ts'
import type { Ports } from '../tools/start/ports.ts'
import { hasPassword, people } from '../tools/start/scene.ts'
import { openSecrets } from '../tools/start/secrets.ts'
import type { ServiceKey } from '../tools/start/services.ts'
import { databasesOf, type Preparation, stores } from '../tools/start/stores.ts'

/** Somebody of the demo scene, and what they type to sign in. */
export interface SomebodyOfTheScene {
  readonly key: string
  readonly name: string
  readonly login: string
  readonly email: string
  /** Empty for an old account, which has none yet. */
  readonly password: string
  /** What an application of codes needs to know, of who has one. */
  readonly oneTimeSecret?: string
}

/** The whole demo scene in this process, on a database and ports of its own. */
export interface Scene extends AsyncDisposable {
  readonly database: TestDatabase
  /** The address of a page of MyANM, of a site or of the mailbox. */
  address(of: ServiceKey, path?: string): string
  somebody(key: string): SomebodyOfTheScene
  /** MyANM goes away, and comes back as it was. */
  readonly myanm: { stop(): Promise<void>; start(): Promise<void> }
}

/**
 * Brings the demo scene up as `start` does: same people, same clients, same environment for every
 * process. Only the database is a clone, the ports are free ones and nothing survives.
 */
export async function openScene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await withDatabase())
  const [ports, kept] = await Promise.all([freePorts(), keepingPlace(database, stack)])
  const { secrets, folder } = kept
  const preparation = { ...kept, clients: sceneClients({ ports, secrets }) }
  await fill(preparation)

  const setting = { folder, ports, secrets, databases: databasesOf(preparation) }
  const log = (service: string) => createLog(service, process.env['TEST_LOG_LEVEL'] ?? 'silent')
  const mailbox = await startMailbox({
    directory: folder.mailbox,
    host: '127.0.0.1',
    httpPort: ports.mailbox,
    smtpPort: ports.smtp,
    publicUrl: new URL(addressOf(ports, 'mailbox')),
    log: log('mailbox'),
  })
  stack.defer(mailbox.stop)

  async function openSite<Tables>(definition: SiteDefinition<Tables>): Promise<void> {
    const { key } = definition
    const config = readSiteConfig(environmentOf(key, setting))
    const site = await startSite(definition, config, { log: log(key) })
    stack.defer(site.stop)
  }
  await openSite(guideSocial)
  await openSite(monasbl)
  await openSite(sweeli)
  await openSite(bilan)

  let running: RunningIdp | undefined
  const myanm = {
    async start() {
      const config = readConfig(settings, environmentOf('myanm', setting))
      running = await startIdp(config, { log: log('idp') })
    },
    async stop() {
      await running?.stop()
      running = undefined
    },
  }
  await myanm.start()
  stack.defer(myanm.stop)

  const open = stack.move()
  return {
    database,
    address: (of, path = '/') => new URL(path, addressOf(ports, of)).href,
    somebody: (key) => {
      const person = people.find((one) => one.key === key)
      if (!person) throw new Error(`Nobody in the scene is called ${key}`)
      const name = `${person.givenName} ${person.familyName}`
      const { login, email } = person
      const password = hasPassword(person) ? known(secrets.people, key) : ''
      const oneTimeSecret = secrets.oneTime[key]
      return { key, name, login, email, password, ...(oneTimeSecret && { oneTimeSecret }) }
    },
    myanm,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

/** What `start` keeps in `.data`, here for one scene; the roles of the test server are there already. */
async function keepingPlace(
  database: TestDatabase,
  stack: AsyncDisposableStack,
): Promise<Omit<Preparation, 'clients'>> {
  const root = await mkdtemp(join(tmpdir(), 'myanm-e2e-'))
  stack.defer(() => rm(root, { recursive: true, force: true }))
  const folder = folderIn(root)
  await makeFolder(folder)
  const passwords = stores.map((store) => [store, database.urlFor(store).password] as const)
  const secrets = { ...(await openSecrets(folder)), databases: Object.fromEntries(passwords) }
  return { root, folder, secrets, adminUrl: database.adminUrl }
}

async function freePorts(): Promise<Ports> {
  const keys = ['myanm', 'guide-social', 'monasbl', 'sweeli', 'bilan', 'mailbox', 'smtp'] as const
  const ports = await Promise.all(keys.map(freePort))
  return Object.fromEntries(keys.map((key, position) => [key, ports[position] ?? 0])) as Ports
}
