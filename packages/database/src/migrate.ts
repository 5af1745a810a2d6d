import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import pg from 'pg'

/**
 * Applies plain SQL files in the order of their names, each once, forward only. Files of several
 * directories follow each other: `sites/0001-session.sql`, then `guide-social/0001-job-offer.sql`.
 * @throws the database's error for the first file that fails; that file leaves no trace
 */
export async function migrate(options: {
  readonly adminUrl: URL
  readonly schema: string
  readonly directories: readonly string[]
}): Promise<void> {
  const { adminUrl, schema, directories } = options
  const pool = new pg.Pool({
    connectionString: adminUrl.href,
    max: 1,
    application_name: 'migrate',
    options: `-c search_path=${schema}`,
  })
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  try {
    const migrations = await readMigrations(directories)
    const migrator = new Migrator({
      db,
      provider: { getMigrations: async () => migrations },
      migrationTableSchema: schema,
      migrationTableName: 'schema_migration',
      migrationLockTableName: 'schema_migration_lock',
    })
    const { error } = await migrator.migrateToLatest()
    if (error !== undefined) throw error
  } finally {
    await db.destroy()
  }
}

async function readMigrations(directories: readonly string[]): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {}
  for (const [order, directory] of directories.entries()) {
    const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort()
    for (const file of files) {
      const text = await readFile(join(directory, file), 'utf8')
      const name = `${order}-${basename(directory)}-${basename(file, '.sql')}`
      migrations[name] = { up: async (db) => void (await sql.raw(text).execute(db)) }
    }
  }
  return migrations
}
