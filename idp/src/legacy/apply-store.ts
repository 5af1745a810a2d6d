import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** The next accounts of the plan that are not done, in order. */
export async function nextAccounts(db: Db<Tables>, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('legacy_plan')
    .select('account_id')
    .where('state', '=', 'planned')
    .orderBy('account_id')
    .limit(limit)
    .execute()
  return rows.map((row) => row.account_id)
}

export async function countAccounts(db: Db<Tables>): Promise<number> {
  const { accounts } = await db
    .selectFrom('legacy_plan')
    .select((row) => row.fn.countAll<number>().as('accounts'))
    .executeTakeFirstOrThrow()
  return accounts
}

/** Old accounts that become part of one of these. */
export async function movesInto(
  tx: Tx<Tables>,
  accounts: readonly string[],
): Promise<{ from: string; into: string }[]> {
  const { rows } = await sql<{ from: string; into: string }>`
    select distinct tied.old as "from", row.target as "into"
      from legacy_row row cross join lateral (values (row.known), (row.owner)) as tied (old)
      where row.outcome in ('create', 'change', 'merge') and tied.old <> row.target
        and row.target = any(${accounts}::uuid[])`.execute(tx)
  return rows
}

/** Makes the accounts of the plan that are new, without address or password where there is none (F113). */
export async function makeAccounts(tx: Tx<Tables>, accounts: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    insert into account (id, account_type, state, login, email, given_name, family_name, language)
      select account_id, account_type, 'legacy', login, email, given_name, family_name, language
        from legacy_plan where is_new and account_id = any(${accounts}::uuid[])
      returning id`.execute(tx)
  return rows.map((row) => row.id)
}

/** Changes those that are there and have not been claimed since the plan was made. */
export async function changeAccounts(
  tx: Tx<Tables>,
  accounts: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update account set login = plan.login, email = plan.email, given_name = plan.given_name,
        family_name = plan.family_name, language = plan.language, account_type = plan.account_type
      from legacy_plan plan
      where plan.account_id = account.id and account.state = 'legacy'
        and not plan.is_new and cardinality(plan.changes) > 0
        and plan.account_id = any(${accounts}::uuid[])
      returning account.id`.execute(tx)
  return rows.map((row) => row.id)
}

/** Remembers where the accounts come from, and the logins that formerly led to them. */
export async function keepOrigins(tx: Tx<Tables>, accounts: readonly string[]): Promise<void> {
  await sql`
    insert into legacy_identity (site, identifier, account_id, login, email, given_name, family_name,
      language, account_type, bce, organisation, billing, updated_at)
    select site, identifier, target, login, email, given_name, family_name, language, account_type,
        bce, organisation, billing, updated_at
      from legacy_row
      where outcome in ('create', 'change', 'merge') and target = any(${accounts}::uuid[])
    on conflict (site, identifier) do update set account_id = excluded.account_id,
      login = excluded.login, email = excluded.email, given_name = excluded.given_name,
      family_name = excluded.family_name, language = excluded.language,
      account_type = excluded.account_type, bce = excluded.bce,
      organisation = excluded.organisation, billing = excluded.billing, updated_at = excluded.updated_at,
      imported_at = now()`.execute(tx)
  await sql`
    insert into account_identifier (key, account_id, is_alias)
      select key, account_id, true from legacy_claim
        where kind = 'alias' and won and account_id = any(${accounts}::uuid[])
      on conflict do nothing`.execute(tx)
}

/** Remembers, for who came over already, which old account was theirs too. Nothing else of it is taken. */
export async function keepClaimedOrigins(tx: Tx<Tables>): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into legacy_identity (site, identifier, account_id, login, email, given_name, family_name,
      language, account_type, bce, organisation, billing, updated_at)
    select site, identifier, target, login, email, given_name, family_name, language, account_type,
        bce, organisation, billing, updated_at
      from legacy_row where outcome = 'claimed' and known is null
    on conflict do nothing`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

export async function markAccounts(
  tx: Db<Tables>,
  accounts: readonly string[],
  state: 'done' | 'overtaken',
): Promise<void> {
  await sql`update legacy_plan set state = ${state} where account_id = any(${accounts}::uuid[])`.execute(
    tx,
  )
}
