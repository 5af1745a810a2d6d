import { makeCluster, superuserPassword } from './cluster.ts'
import { LocalPostgresError } from './errors.ts'
import { type Home, settleIn } from './home.ts'
import { keepUp, type LocalPostgresEvent } from './keep-up.ts'
import { lockDirectory } from './lock.ts'
import { freePort } from './port.ts'
import { endPostmaster, postmasterOf } from './postmaster.ts'
import { watchOver } from './watchdog.ts'

export type LocalPostgresOptions = {
  /** Where the data, the superuser's password and the server's log live; made when absent. */
  readonly directory: string
  /** A free one of 127.0.0.1 when not given. */
  readonly port?: number
  /** False for tests: faster, and a power cut may lose everything. */
  readonly durable?: boolean
  readonly log?: (event: LocalPostgresEvent) => void
}

export type LocalPostgres = AsyncDisposable & {
  /** Connects as the superuser: `postgres://postgres:…@127.0.0.1:port/postgres`. */
  readonly url: string
  /** Ends the server and cuts off its clients; committed work is kept. */
  readonly stop: () => Promise<void>
}

/**
 * Starts a PostgreSQL of our own and keeps it up: should it die, it comes back on the same port. It ends with
 * this process, were that by kill -9; one that outlived its owner all the same is ended by the next start.
 *
 * @throws LocalPostgresError `directory-in-use` when another living process runs one there
 */
export async function startLocalPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  const home = await settleIn(options.directory)
  const unlock = await lockDirectory(home.directory)
  if (!unlock) throw new LocalPostgresError('directory-in-use', `${home.directory} is in use`)
  try {
    const { url, end } = await startIn(home, options)
    let stopped: Promise<void> | undefined
    const stop = () => {
      stopped ??= end().finally(unlock)
      return stopped
    }
    return { url, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await unlock()
    throw error
  }
}

async function startIn(
  home: Home,
  { durable = true, log = () => {}, ...rest }: LocalPostgresOptions,
) {
  const password = await superuserPassword(home)
  await makeCluster(home, durable ? 'sync' : 'no-sync')
  if (await postmasterOf(home.data)) {
    log('orphan-stopped')
    await endPostmaster(home.data)
  }
  const port = rest.port ?? (await freePort())
  const upkeep = new AbortController()
  const { attended } = await keepUp(home, {
    port,
    durability: durable ? 'durable' : 'fleeting',
    log,
    signal: upkeep.signal,
  })
  const callOffWatch = watchOver(home.data)
  const end = async () => {
    upkeep.abort()
    await attended
    await endPostmaster(home.data)
    callOffWatch()
  }
  return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, end }
}
