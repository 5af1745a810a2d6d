import { join } from 'node:path'
import { LocalPostgresError, startLocalPostgres } from '@myanm/local-postgres'
import pg from 'pg'
import { Complaint } from './complaint.ts'
import type { Folder } from './folder.ts'

export type Database = {
  /** A role that may create roles and schemas. */
  readonly adminUrl: URL
}

/** Starts a PostgreSQL of our own in the folder. @throws Complaint when none can be had */
export async function ownDatabase(
  folder: Folder,
  onDeath: () => void,
): Promise<Database & AsyncDisposable> {
  const server = await startLocalPostgres({
    directory: folder.postgres,
    log: (event) => event === 'restarting' && onDeath(),
  }).catch((error: unknown) => {
    throw error instanceof LocalPostgresError ? complaintOf(error, folder) : error
  })
  return { adminUrl: new URL(server.url), [Symbol.asyncDispose]: server.stop }
}

function complaintOf(error: LocalPostgresError, { postgres }: Folder): Complaint {
  const values = { directory: postgres, log: serverLog(postgres) }
  const lines = error.code === 'server-not-started' ? error.message.split('\n') : []
  const excerpt = lines.map((line) => ({ key: 'child.line', values: { line } }))
  return new Complaint(`postgres.${error.code}`, values, excerpt)
}

export const serverLog = (directory: string) => join(directory, 'server.log')

/** Uses the database somebody else runs. @throws Complaint when it does not answer */
export async function givenDatabase(address: string): Promise<Database> {
  if (!URL.canParse(address) || !/^postgres(ql)?:$/.test(new URL(address).protocol))
    throw new Complaint('database.not-an-address')
  const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: 5_000 })
  try {
    await client.connect()
    await client.end()
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error)
    throw new Complaint('database.away', { reason })
  }
  return { adminUrl: new URL(address) }
}
