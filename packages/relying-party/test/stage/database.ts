import { Client } from 'pg'

/** One statement, past the site: what lies in its tables. */
export async function query(url: URL, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url.href })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
