import { spawn } from 'node:child_process'
import { open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LocalPostgresError } from './errors.ts'
import type { Home } from './home.ts'
import { endPostmaster, forgetDeadPostmaster, postmasterOf } from './postmaster.ts'
import { eventually } from './processes.ts'

/** Safe keeping or speed; `fleeting` data may be lost in a power cut, which is what tests want. */
export type Durability = 'durable' | 'fleeting'

const settings = {
  listen_addresses: '127.0.0.1',
  // TCP alone: a socket's path may be too long, and /tmp is anybody's.
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_line_prefix: '%m [%p] %q%u@%d ',
  max_connections: '200',
}

// Commits stay synchronous: they reach the kernel, so that even these data survive kill -9 of the server.
const fleeting = { fsync: 'off', full_page_writes: 'off' }

/** Starts the server on `port` and waits until it accepts connections; `exited` resolves when it ends. */
export async function launch(
  home: Home,
  { port, durability }: { readonly port: number; readonly durability: Durability },
): Promise<{ readonly exited: Promise<void> }> {
  await forgetDeadPostmaster(home.data)
  const all = { ...settings, ...(durability === 'fleeting' ? fleeting : {}), port: String(port) }
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = await logFile(home)
  const words = home.launcher.command(home.binaries.postgres, '-D', home.data, ...flags)
  const server = spawn(...words, {
    ...home.launcher.options,
    // Away from the terminal: Ctrl-C must not stop the server before those who still use it.
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  const end = Promise.withResolvers<void>()
  let ended = false
  const settle = () => {
    ended = true
    end.resolve()
  }
  server.once('error', settle).once('exit', settle)
  server.unref()
  await log.close()
  const ready = async () => ended || (await postmasterOf(home.data))?.ready === true
  if ((await eventually(ready, 60_000)) && !ended) return { exited: end.promise }
  await endPostmaster(home.data)
  throw new LocalPostgresError('server-not-started', await lastWords(home))
}

const logPath = ({ directory }: Home) => join(directory, 'server.log')

async function logFile(home: Home) {
  const path = logPath(home)
  const size = (await stat(path).catch(() => undefined))?.size ?? 0
  if (size > 1_000_000) await rename(path, `${path}.1`)
  return open(path, 'a', 0o600)
}

async function lastWords(home: Home): Promise<string> {
  const lines = (await readFile(logPath(home), 'utf8').catch(() => '')).trim().split('\n')
  return lines.slice(-8).join('\n')
}
