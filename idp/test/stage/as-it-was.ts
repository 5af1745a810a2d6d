import type { TestDatabase } from '@myanm/testing'
import pg from 'pg'

/**
 * What pages of an organisation, of its members and of the team decide on, by how its tables begin: a table
 * that is added is among them. What moves by itself, such as letters and signals, is not.
 */
const DECIDED = [
  '(account|profile|member|invitation|join_request|manager_transfer|rescue|organisation|staff_)',
  '(register_change|newsletter_consent|app_role|consent|contact_message)$',
]

/** All that was decided when it was kept: to be compared with, and to be put back. */
export interface AsItWas {
  /** What is decided now, in one word: the same as long as nothing is decided. */
  digest(): Promise<string>
  /**
   * What is otherwise than it was, line by line, in words that are the same each time the same is done:
   * without the names of what is new, and with times as far as they are from now.
   */
  changes(): Promise<readonly string[]>
  /** Puts everything back, past every trigger, in one transaction. */
  putBack(): Promise<void>
  /** Arranges a situation, past every trigger. */
  arrange(statements: string): Promise<void>
  close(): Promise<void>
}

/** @param more tables that are kept besides what is decided about organisations and their people */
export async function keepAsItWas(
  database: TestDatabase,
  more: readonly string[] = [],
): Promise<AsItWas> {
  const behind = new pg.Client({ connectionString: database.adminUrl.href })
  await behind.connect()
  await behind.query('set search_path = idp, public; set session_replication_role = replica')
  const { rows } = await behind.query<{ name: string; columns: string }>(
    `select table_name as name, string_agg(quote_ident(column_name), ', ') as columns
      from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_schema = 'idp' and table_type = 'BASE TABLE' and is_generated = 'NEVER'
        and (table_name ~ $1 or table_name = any($2))
      group by 1`,
    [`^(${DECIDED.join('|')})`, more],
  )
  for (const { name } of rows) await behind.query(`create temp table as_${name} as table ${name}`)
  // What lists are ordered by, and whether somebody was told, follows by itself, a moment later.
  const withoutLater = (row: string) =>
    `to_jsonb(${row}) - '{sort_family_name,sort_given_name,sort_organisation_name,told_at,told}'::text[]`
  const back = rows
    .map(({ name, columns }) =>
      [
        `delete from ${name}`,
        `insert into ${name} (${columns}) overriding system value select ${columns} from as_${name}`,
      ].join('; '),
    )
    .join('; ')
  const digests = rows.map(
    ({ name }) =>
      `(select md5(coalesce(string_agg(line, '|' order by line), ''))
        from (select (${withoutLater('t')})::text as line from ${name} t) lines)`,
  )
  const changed = rows.map(
    ({ name }) =>
      `(select '${name} ' || (${withoutLater('t')})::text as line from ${name} t
        except select '${name} ' || (${withoutLater('k')})::text from as_${name} k)
       union all (select 'gone ${name} ' || (${withoutLater('k')})::text as line from as_${name} k
        except select 'gone ${name} ' || (${withoutLater('t')})::text from ${name} t)`,
  )
  const { rows: lines } = await behind.query<{ line: string }>(
    rows
      .map(({ name }) => `select (${withoutLater('k')})::text as line from as_${name} k`)
      .join(' union all '),
  )
  const kept = lines.map(({ line }) => line).join()
  /** Whatever goes on in the background may hold a row we want, and want one we hold: once more then. */
  const run = async (statements: string): Promise<void> => {
    try {
      await behind.query(statements)
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01') throw error
      await run(statements)
    }
  }
  return {
    digest: async () => {
      const { rows: found } = await behind.query<{ digest: string }>(
        `select md5(concat_ws('|', ${digests.join(', ')})) as digest`,
      )
      return found[0]?.digest ?? ''
    },
    changes: async () => {
      const { rows: found } = await behind.query<{ line: string }>(changed.join(' union all '))
      return found.map(({ line }) => inOtherWords(line, kept)).sort()
    },
    putBack: () => run(back),
    arrange: run,
    close: () => behind.end(),
  }
}

/** Coarser than any test takes, and no life of anything ends at half of it. */
const HUNDRED_MINUTES = 100 * 60_000

const inOtherWords = (line: string, kept: string): string =>
  line.replaceAll(
    /"([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d{4}-\d\d-\d\dT[^"]+)"/g,
    (_, value: string) => {
      if (kept.includes(value)) return `"${value}"`
      if (!value.includes('T')) return '"new"'
      return `"now + ${Math.round((Date.parse(value) - Date.now()) / HUNDRED_MINUTES)}"`
    },
  )
