import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { LocalPostgresError } from './errors.ts'
import type { Home } from './home.ts'

const run = promisify(execFile)
const major = '18'

/** The superuser's password, made on first use. It belongs to the server's account, which reads it for initdb. */
export async function superuserPassword({ directory, account }: Home): Promise<string> {
  const file = join(directory, 'superuser-password')
  const known = await readFile(file, 'utf8').catch(() => '')
  if (known !== '') return known.trim()
  const password = randomBytes(24).toString('base64url')
  await writeFile(file, `${password}\n`, { mode: 0o600 })
  if (account) await chown(file, account.uid, account.gid)
  return password
}

/**
 * Makes the database cluster unless it is there. It is made aside and then renamed, so that one interrupted
 * half-way is never taken for a whole one. Its locale comes with the server: the system's locales play no part.
 */
export async function makeCluster(home: Home, sync: 'sync' | 'no-sync'): Promise<void> {
  const version = await readFile(join(home.data, 'PG_VERSION'), 'utf8').catch(() => '')
  if (version.trim() === major) return
  if (version !== '') {
    const message = `the data was written by PostgreSQL ${version.trim()}, this one is ${major}`
    throw new LocalPostgresError('cluster-of-another-version', message)
  }
  const draft = join(home.directory, 'data.draft')
  await rm(draft, { recursive: true, force: true })
  const words = home.launcher.command(
    home.binaries.initdb,
    `--pgdata=${draft}`,
    ...(sync === 'no-sync' ? ['--no-sync'] : []),
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${join(home.directory, 'superuser-password')}`,
    '--no-instructions',
  )
  await run(...words, home.launcher.options).catch((cause: unknown) => {
    throw new LocalPostgresError('cluster-not-made', 'initdb failed', { cause })
  })
  await rename(draft, home.data)
}
