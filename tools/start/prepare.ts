import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { provision } from '@myanm/database'
import { installJobs } from '@myanm/idp/jobs'
import { known } from './environment.ts'
import { fill } from './fill.ts'
import { writeJson } from './folder.ts'
import { type Preparation, stores } from './stores.ts'

/** Makes roles, schemas, tables and the people of the scene. May be cut short at any time and run again. */
export async function prepare(preparation: Preparation, mark: string): Promise<void> {
  const { root, folder, secrets, adminUrl } = preparation
  for (const name of stores) {
    const own = join(root, 'migrations', name)
    const migrations = name === 'idp' ? [own] : [join(root, 'migrations', 'sites'), own]
    await provision({
      adminUrl,
      password: known(secrets.databases, name),
      service: {
        name,
        migrations: migrations.filter((directory) => existsSync(directory)),
        ...(name === 'idp' && { installJobs }),
      },
    })
  }
  await fill(preparation)
  await writeJson(folder.prepared, mark)
}
