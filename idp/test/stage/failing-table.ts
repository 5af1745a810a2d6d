import { query, type TestDatabase } from '@myanm/testing'

/** Tables of counters and of the protocol engine: written before, after and around any request. */
const AROUND = ['attempt', 'sign_in_failure', 'oidc_artefact', 'acting_context', 'device']

/** Every table a change may write to, the queue's own included. */
export async function tablesOf(database: TestDatabase): Promise<string[]> {
  const rows = await query<{ name: string }>(
    database,
    `select table_name as name from information_schema.tables
      where table_schema = 'idp' and table_type = 'BASE TABLE' order by 1`,
  )
  const own = rows.map(({ name }) => `idp.${name}`)
  return [
    ...own.filter(
      (name) => !AROUND.includes(name.slice('idp.'.length)) && !name.includes('migration'),
    ),
    'idp_jobs._private_jobs',
  ]
}

/** From now on every line written to this table fails, as on a full disk. @returns what ends that */
export async function breakTable(
  database: TestDatabase,
  table: string,
): Promise<() => Promise<void>> {
  await query(
    database,
    `create or replace function idp.fail_on_purpose() returns trigger language plpgsql as
      $$ begin raise exception 'no line is written here' using errcode = 'disk_full'; end $$`,
  )
  await query(
    database,
    `create trigger fails_on_purpose before insert or update or delete on ${table}
      for each row execute function idp.fail_on_purpose()`,
  )
  return async () => {
    await query(database, `drop trigger fails_on_purpose on ${table}`)
  }
}

/** Everything these tables hold, as one text. */
export async function contentOf(
  database: TestDatabase,
  tables: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const contents: Record<string, string> = {}
  for (const table of tables) {
    const [row] = await query<{ text: string | null }>(
      database,
      `select string_agg(one::text, e'\\n' order by one::text) as text from ${table} one`,
    )
    contents[table] = row?.text ?? ''
  }
  return contents
}
