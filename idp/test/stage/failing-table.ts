import { query, type TestDatabase } from '@myanm/testing'

/** Tables of counters and of the protocol engine: written before, after and around any request. */
const AROUND = [
  ...['attempt', 'sign_in_failure', 'oidc_artefact', 'acting_context', 'device'],
  // Sealed by the queue, whenever its turn comes.
  ...['journal_seal', 'journal_unsealed'],
]

const JOBS = 'idp_jobs._private_jobs'

/** Work that comes round by the clock, whatever anybody does. */
const BY_THE_CLOCK = `task_id in (
  select task.id from idp_jobs._private_tasks task
    join idp_jobs._private_known_crontabs clock on clock.identifier = task.identifier)`

/** Work that waits because of something that was done, as a condition on the queue. */
export const WAITING_WORK = `exists (
  select from ${JOBS} where attempts < max_attempts and not (${BY_THE_CLOCK}))`

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
    JOBS,
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
      `select string_agg(one::text, e'\\n' order by one::text) as text from ${table} one
        ${table === JOBS ? `where not (${BY_THE_CLOCK})` : ''}`,
    )
    contents[table] = row?.text ?? ''
  }
  return contents
}
