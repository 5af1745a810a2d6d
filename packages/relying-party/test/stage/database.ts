import type { TestDatabase } from '@myanm/testing'
import { Client } from 'pg'
import { testSite } from './site.ts'

/** One statement under the site's own role: what lies in its tables. */
export async function query(database: TestDatabase, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: database.urlFor(testSite.key).href })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
