import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { provision, roleOf, schemaOf } from '@myanm/database'
import pg from 'pg'
import type { SceneClient } from './clients.ts'
import { known, type Setting } from './environment.ts'
import { type Folder, readJson, writeJson } from './folder.ts'
import { organisations, people } from './scene.ts'
import type { Secrets } from './secrets.ts'
import { siteKeys } from './services.ts'

export type Preparation = {
  readonly root: string
  readonly folder: Folder
  readonly secrets: Secrets
  readonly clients: readonly SceneClient[]
  readonly adminUrl: URL
}

const stores = ['idp', ...siteKeys] as const

/** What the tables and the scene are made from: when none of it changed, there is nothing to do. */
const SOURCES = [
  'migrations/**/*.sql',
  'packages/database/src/*.ts',
  'idp/src/{scene,jobs}/*.ts',
  'tools/start/*.ts',
  'pnpm-lock.yaml',
]

/** Where each service finds its tables once they are prepared. */
export function databasesOf({ adminUrl, secrets }: Preparation): Setting['databases'] {
  const address = (service: (typeof stores)[number]) => {
    const url = new URL(adminUrl)
    url.username = roleOf(service)
    url.password = known(secrets.databases, service)
    return [service, url] as const
  }
  return Object.fromEntries(stores.map(address)) as Setting['databases']
}

/**
 * Looks whether a former run left everything in place: same sources, secrets and scene, on the same cluster.
 *
 * @returns the mark to leave once it is, or null when nothing is to be done
 */
export async function whatIsMissing(preparation: Preparation): Promise<string | null> {
  const [sources, cluster] = await Promise.all([digest(preparation), lookAt(preparation.adminUrl)])
  const mark = `${sources} ${cluster.identifier}`
  const former = await readJson(preparation.folder.prepared)
  return cluster.isPrepared && former === mark ? null : mark
}

async function digest({ root, secrets, clients }: Preparation): Promise<string> {
  const hash = createHash('sha256')
  for (const file of globSync(SOURCES, { cwd: root }).sort()) {
    hash.update(`${file}\0`).update(await readFile(join(root, file)))
  }
  return hash
    .update(JSON.stringify({ secrets, clients, people, organisations }))
    .digest('base64url')
}

async function lookAt(adminUrl: URL) {
  const client = new pg.Client({ connectionString: adminUrl.href })
  await client.connect()
  try {
    const { rows } = await client.query<{ identifier: string; schemas: number }>(
      `select system_identifier::text as identifier,
        (select count(*)::int from pg_namespace where nspname = any ($1)) as schemas
      from pg_control_system()`,
      [stores.map(schemaOf)],
    )
    const [row] = rows
    return { identifier: row?.identifier ?? '', isPrepared: row?.schemas === stores.length }
  } finally {
    await client.end()
  }
}

/** Makes roles, schemas, tables and the people of the scene. May be cut short at any time and run again. */
export async function prepare(preparation: Preparation, mark: string): Promise<void> {
  // Loaded only when there is something to do: an ordinary start has no use for it.
  const [{ installJobs }, { seedScene }] = await Promise.all([
    import('@myanm/idp/jobs'),
    import('@myanm/idp/scene'),
  ])
  const { root, folder, secrets, clients, adminUrl } = preparation
  for (const name of stores) {
    const own = join(root, 'migrations', name)
    const migrations = name === 'idp' ? [own] : [join(root, 'migrations', 'sites'), own]
    await provision({
      adminUrl,
      password: known(secrets.databases, name),
      service: {
        name,
        migrations: migrations.filter((directory) => globSync(join(directory, '*.sql')).length > 0),
        ...(name === 'idp' && { installJobs }),
      },
    })
  }
  await seedScene({
    databaseUrl: databasesOf(preparation).idp,
    organisations,
    people: people.map((person) => ({ ...person, password: known(secrets.people, person.key) })),
    clients,
  })
  await writeJson(folder.prepared, mark)
}
