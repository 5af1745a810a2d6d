import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { lockDirectory } from '@myanm/local-postgres'
import { startChild } from './child.ts'
import { sceneClients } from './clients.ts'
import { Complaint } from './complaint.ts'
import { givenDatabase, ownDatabase, serverLog } from './database.ts'
import { describeScene } from './demo.ts'
import { awaitEnding } from './ending.ts'
import { environmentOf, type Setting } from './environment.ts'
import { type Folder, folderIn, makeFolder, writeJson } from './folder.ts'
import { readPorts, requireFree } from './ports.ts'
import { createProgress, type Progress, secondsSince } from './progress.ts'
import { reportOf } from './report.ts'
import { openSecrets } from './secrets.ts'
import { services } from './services.ts'
import { databasesOf } from './stores.ts'
import { whatIsMissing } from './what-is-missing.ts'
import { say } from './words.ts'

/**
 * Brings up the whole scene below `root`, keeps it up until asked to stop, and takes it down in order.
 *
 * @returns the exit code: 1 when the scene could not be brought up
 */
export async function start(root: string): Promise<number> {
  const { signal, asked } = await awaitEnding()
  const progress = createProgress(process.stdout, signal)
  try {
    await using scene = new AsyncDisposableStack()
    const report = await bringUp({ root, scene, signal, progress })
    process.stdout.write(report)
    await asked
    process.stdout.write(say('stop.begin'))
  } catch (error) {
    if (signal.aborted) return 0
    if (!(error instanceof Complaint)) throw error
    for (const { key, values } of error.sentences) process.stderr.write(`${say(key, values)}\n`)
    return 1
  }
  process.stdout.write(` ${say('stop.done')}\n`)
  return 0
}

type Effort = {
  readonly root: string
  /** Takes down, in reverse, what was brought up. */
  readonly scene: AsyncDisposableStack
  readonly signal: AbortSignal
  readonly progress: Progress
}

async function bringUp(effort: Effort): Promise<string> {
  const { root, scene, progress } = effort
  const folder = folderIn(root)
  await makeFolder(folder)
  const unlock = await lockDirectory(folder.directory)
  if (!unlock) throw new Complaint('scene.already-running')
  scene.defer(unlock)

  const ports = readPorts(process.env)
  await requireFree(ports)
  const secrets = await openSecrets(folder)
  const clients = sceneClients({ ports, secrets })
  progress.sentence('start.title')

  const { adminUrl } = await openDatabase(effort, folder)
  const preparation = { root, folder, secrets, clients, adminUrl }
  const missing = await whatIsMissing(preparation)
  if (missing !== null) {
    await progress.step('step.tables', async () => {
      // Loaded when there is something to do: it takes as long as all the rest of an ordinary start.
      const { prepare } = await import('./prepare.ts')
      await prepare(preparation, missing)
    })
  }

  const setting = { folder, ports, secrets, databases: databasesOf(preparation) }
  await progress.step('step.services', () => startServices(effort, setting))
  await writeJson(folder.myanm, environmentOf('myanm', setting))
  await writeJson(folder.demo, describeScene({ ports, secrets, clients }))
  return reportOf({
    ports,
    secrets,
    time: secondsSince(0),
    directory: folder.directory,
    demo: folder.demo,
  })
}

function openDatabase({ scene, progress }: Effort, folder: Folder) {
  const address = process.env['DATABASE_URL']
  if (address) return progress.step('step.database', () => givenDatabase(address))
  const first = existsSync(join(folder.postgres, 'data')) ? '' : '-first'
  const tell = () => progress.sentence('database.died', { log: serverLog(folder.postgres) })
  return progress.step(`step.postgres${first}`, async () =>
    scene.use(await ownDatabase(folder, tell)),
  )
}

async function startServices({ root, scene, signal, progress }: Effort, setting: Setting) {
  const { logs } = setting.folder
  const children = await Promise.all(
    services.map((service) =>
      startChild({
        service,
        main: join(root, service.folder, 'src', 'main.ts'),
        environment: environmentOf(service.key, setting),
        logs,
        onDeath: (fate) =>
          progress.sentence(fate === 'restarts' ? 'child.died' : 'child.given-up', {
            name: service.name,
            log: join(logs, `${service.key}.log`),
          }),
      }),
    ),
  )
  scene.defer(async () => {
    await Promise.all(children.map((child) => child.stop()))
  })
  await Promise.all(children.map((child) => child.ready(signal)))
}
