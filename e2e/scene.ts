import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog, readConfig, Secret } from '@myanm/chassis'
import { guideSocial, seedJobOffers } from '@myanm/guide-social'
import { type RunningIdp, seedScene, settings, startIdp, subjects } from '@myanm/idp'
import { startMailbox } from '@myanm/mailbox'
import { readSiteConfig, startSite } from '@myanm/relying-party'
import { freePort, type TestDatabase, withDatabase } from '@myanm/testing'
import { sceneClients } from '../tools/start/clients.ts'
import { addressOf, environmentOf, known, type Setting } from '../tools/start/environment.ts'
import { folderIn, makeFolder } from '../tools/start/folder.ts'
import type { Ports } from '../tools/start/ports.ts'
import { organisations, people } from '../tools/start/scene.ts'
import { openSecrets } from '../tools/start/secrets.ts'
import type { ServiceKey, SiteKey } from '../tools/start/services.ts'

/** Somebody of the demo scene, and what they type to sign in. */
export interface SomebodyOfTheScene {
  readonly key: string
  readonly name: string
  readonly login: string
  readonly password: string
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

const SITES = { 'guide-social': guideSocial } as const

/**
 * Brings the demo scene up as `start` does: same people, same clients, same environment for every
 * process. Only the database is a clone, the ports are free ones and nothing survives.
 */
export async function openScene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await withDatabase())
  const setting = await settingOn(database, stack)
  const { ports, secrets, folder } = setting
  const log = (service: string) => createLog(service, process.env['TEST_LOG_LEVEL'] ?? 'silent')

  const clients = sceneClients({ ports, secrets })
  const passwordOf = (key: string) => known(secrets.people, key)
  const seeded = await seedScene({
    databaseUrl: setting.databases.idp,
    organisations,
    people: people.map((person) => ({ ...person, password: passwordOf(person.key) })),
    clients,
  })
  await seedOffers(setting, seeded)

  const mailbox = await startMailbox({
    directory: folder.mailbox,
    host: '127.0.0.1',
    httpPort: ports.mailbox,
    smtpPort: ports.smtp,
    publicUrl: new URL(addressOf(ports, 'mailbox')),
    log: log('mailbox'),
  })
  stack.defer(mailbox.stop)
  for (const [key, definition] of Object.entries(SITES)) {
    const config = readSiteConfig(environmentOf(key as SiteKey, setting))
    // Each site has tables of its own; starting it does not look at them.
    const site = await startSite<never>(definition as never, config, { log: log(key) })
    stack.defer(site.stop)
  }

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
      return { key, name, login: person.login, password: passwordOf(key) }
    },
    myanm,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

/** What `start` would have chosen, for this one scene. */
async function settingOn(database: TestDatabase, stack: AsyncDisposableStack): Promise<Setting> {
  const root = await mkdtemp(join(tmpdir(), 'myanm-e2e-'))
  stack.defer(() => rm(root, { recursive: true, force: true }))
  const folder = folderIn(root)
  await makeFolder(folder)
  return {
    folder,
    ports: await freePorts(),
    secrets: await openSecrets(folder),
    databases: {
      idp: database.urlFor('idp'),
      'guide-social': database.urlFor('guide-social'),
      monasbl: database.urlFor('monasbl'),
      sweeli: database.urlFor('sweeli'),
      bilan: database.urlFor('bilan'),
    },
  }
}

async function freePorts(): Promise<Ports> {
  const keys = ['myanm', 'guide-social', 'monasbl', 'sweeli', 'bilan', 'mailbox', 'smtp'] as const
  const ports = await Promise.all(keys.map(freePort))
  return Object.fromEntries(keys.map((key, position) => [key, ports[position] ?? 0])) as Ports
}

async function seedOffers(
  { databases, secrets }: Setting,
  seeded: Awaited<ReturnType<typeof seedScene>>,
): Promise<void> {
  const subjectOf = subjects(new Secret(known(secrets.keys, 'pairwise')))
  const author = (key: string) => subjectOf(seeded.accounts.get(key) ?? '', 'anm')
  const organisation = (key: string) => ({
    id: seeded.organisations.get(key) ?? '',
    name: organisations.find((one) => one.key === key)?.name ?? '',
  })
  await seedJobOffers({
    databaseUrl: databases['guide-social'],
    organisations: { tilleuls: organisation('tilleuls'), passage: organisation('passage') },
    authors: {
      collaborateur: author('collaborateur'),
      collegue: author('collegue'),
      responsable: author('responsable'),
      gestionnaire: author('gestionnaire'),
      voisin: author('voisin'),
      multi: author('multi'),
    },
    now: new Date(),
  })
}
