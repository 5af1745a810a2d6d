import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { schemaOf } from '@myanm/database/names'
import pg from 'pg'
import { readJson } from './folder.ts'
import { organisations, people } from './scene.ts'
import { type Preparation, stores } from './stores.ts'

/** What the tables and the scene are made from: when none of it changed, there is nothing to do. */
const SOURCES = [
  'migrations/**/*.sql',
  'packages/database/src/*.ts',
  'idp/src/{scene,jobs}/*.ts',
  'apps/guide-social/src/scene/*',
  'tools/start/*.ts',
  'pnpm-lock.yaml',
]

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
