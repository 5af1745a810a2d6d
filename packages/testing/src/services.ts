import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Service } from '@myanm/database'
import { installJobs } from '@myanm/idp'

const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url))

/** Every service that stores something, with its migrations, as `start` provisions them. */
export const storingServices: readonly Service[] = [
  { name: 'idp', migrations: [join(MIGRATIONS, 'idp')], installJobs },
  ...['guide-social', 'monasbl', 'sweeli', 'bilan'].map((name) => ({
    name,
    migrations: [join(MIGRATIONS, 'sites'), join(MIGRATIONS, name)].filter(
      (directory) => globSync(join(directory, '*.sql')).length > 0,
    ),
  })),
]

/** The service roles of the test server: one password, made at the start of the run. */
export const ADMIN_URL = 'MYANM_TEST_ADMIN_URL'
export const ROLE_PASSWORD = 'MYANM_TEST_ROLE_PASSWORD'
export const TEMPLATE = 'myanm_test_template'
