import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { provision } from '@myanm/database'
import { installJobs, seedScene } from '@myanm/idp'
import { startLocalPostgres } from '@myanm/local-postgres'
import pg from 'pg'
import { cpuSeconds } from './processes.ts'
import { accounts, clients, organisations, people } from './scene.ts'

export interface Database extends AsyncDisposable {
  /** Where MyANM finds its tables, as its own role. */
  readonly url: URL
  /** As a superuser. */
  readonly adminUrl: URL
  /** A password as MyANM keeps it, and the password. */
  readonly kept: { readonly hash: string; readonly password: string }
  /** CPU seconds of all of PostgreSQL’s processes since it started. */
  cpu(): number | null
}

/**
 * A PostgreSQL of the bench’s own, beside whatever else there is, with the people of the bench. Durable:
 * every commit has reached the disk before it is answered.
 */
export async function startDatabase(of: {
  readonly root: string
  readonly directory: string
}): Promise<Database> {
  const directory = join(of.directory, 'postgres')
  const server = await startLocalPostgres({ directory, durable: true })
  const adminUrl = new URL(server.url)
  const url = await provision({
    adminUrl,
    password: 'only-for-the-length-of-a-bench',
    service: { name: 'idp', migrations: [join(of.root, 'migrations', 'idp')], installJobs },
  })
  await seedScene({ databaseUrl: url, organisations, people, clients })
  const file = await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')
  const postmaster = Number(file.split('\n')[0])
  return {
    url,
    adminUrl,
    kept: await oneOfTheKept(url),
    cpu: () => cpuSeconds(postmaster, 'family'),
    [Symbol.asyncDispose]: server.stop,
  }
}

async function oneOfTheKept(url: URL): Promise<Database['kept']> {
  const [account] = accounts
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  const { rows } = await client.query<{ password_hash: string }>(
    'select password_hash from account where login = $1',
    [account?.login],
  )
  await client.end()
  return { hash: rows[0]?.password_hash ?? '', password: account?.password ?? '' }
}
