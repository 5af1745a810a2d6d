import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { schemaOf } from '@myanm/database'
import { withDatabase } from '@myanm/testing'
import { tableTypes } from '../database/table-types.ts'
import { typedServices } from '../database/typed-services.ts'

const root = join(import.meta.dirname, '..', '..')

test.each(Object.entries(typedServices))(
  'the table types of %s are those of its migrations',
  async (service, file) => {
    await using database = await withDatabase()
    const types = await tableTypes(database.adminUrl, schemaOf(service))
    const formatted = execFileSync('biome', ['format', '--stdin-file-path', file], {
      cwd: root,
      input: types,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    expect(formatted).toBe(await readFile(join(root, file), 'utf8'))
  },
)
