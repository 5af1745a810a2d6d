import type { Db } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { LegacyRow } from './rules.ts'

/** Two imports at once would plan on each other's tables. Held by the connection, let go with it. */
export async function takeTurn(db: Db<Tables>): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select pg_try_advisory_lock(727717) as taken`.execute(db)
  return rows[0]?.taken ?? false
}

/** Forgets what an import was thinking on; the lines of the file hold names and addresses. */
export async function clearStaging(db: Db<Tables>): Promise<void> {
  await db.deleteFrom('legacy_row').execute()
  await db.deleteFrom('legacy_plan').execute()
  await db.deleteFrom('legacy_claim').execute()
  await db.deleteFrom('legacy_place').execute()
  await db.deleteFrom('legacy_organisation').execute()
}

export interface StagedRow extends LegacyRow {
  readonly line: number
}

/** Puts lines where they can be planned on. @returns those that name an account named before */
export async function stageRows(db: Db<Tables>, rows: readonly StagedRow[]): Promise<number[]> {
  const column = <Name extends keyof StagedRow>(name: Name) => rows.map((row) => row[name])
  const { rows: kept } = await sql<{ line: number }>`
    insert into legacy_row (line, site, identifier, login, email, given_name, family_name, language,
      account_type, bce, organisation, billing, updated_at)
    select * from unnest(
      ${column('line')}::int[], ${column('site')}::text[], ${column('identifier')}::text[],
      ${column('login')}::text[], ${column('email')}::text[], ${column('givenName')}::text[],
      ${column('familyName')}::text[], ${column('language')}::text[],
      ${column('accountType')}::text[], ${column('bce')}::text[], ${column('organisation')}::text[],
      ${column('billing')}::bool[], ${column('updatedAt')}::timestamptz[])
    on conflict do nothing
    returning line`.execute(db)
  if (kept.length === rows.length) return []
  const staged = new Set(kept.map(({ line }) => line))
  return rows.map(({ line }) => line).filter((line) => !staged.has(line))
}
