import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import { carryMemberships } from '#organisations'
import type { Tables } from '../tables.ts'

export interface LegacyAccount {
  readonly id: string
  readonly state: string
  readonly login: string | null
  readonly email: string | null
  readonly given_name: string | null
  readonly family_name: string | null
}

const COLUMNS = ['id', 'state', 'login', 'email', 'given_name', 'family_name'] as const

export function findAccounts(db: Db<Tables>, ids: readonly string[]): Promise<LegacyAccount[]> {
  return db.selectFrom('account').select(COLUMNS).where('id', 'in', ids).execute()
}

/** Locks both, always in the same order: two attachments the other way round do not wait for each other. */
export function lockAccounts(tx: Tx<Tables>, ids: readonly string[]): Promise<LegacyAccount[]> {
  return tx
    .selectFrom('account')
    .select(COLUMNS)
    .where('id', 'in', ids)
    .orderBy('id')
    .forUpdate()
    .execute()
}

/** The organisations somebody belongs to, by name. */
export async function listOrganisations(db: Db<Tables>, account: string): Promise<string[]> {
  const rows = await db
    .selectFrom('membership')
    .innerJoin('organisation', 'organisation.id', 'membership.organisation_id')
    .select('organisation.name')
    .where('membership.account_id', '=', account)
    .where('membership.state', '=', 'active')
    .orderBy('organisation.name')
    .execute()
  return rows.map(({ name }) => name)
}

/**
 * Makes one account of two: logins, memberships, roles and origins of the old one go to the other, whose
 * own values stay; then the old one is gone. Where both belong to an organisation the higher role stays.
 */
export async function mergeAccounts(
  tx: Tx<Tables>,
  { from, into }: { readonly from: string; readonly into: string },
): Promise<void> {
  await sql`
    update account_identifier known set account_id = ${into}, is_alias = true
      from account where account.id = ${from} and known.account_id = account.id
        and (known.is_alias or known.key = identifier_key(account.login))`.execute(tx)
  await carryMemberships(tx, { from, into })
  await sql`
    insert into app_role (account_id, client_id, role)
      select ${into}, client_id, role from app_role where account_id = ${from}
      on conflict do nothing`.execute(tx)
  await tx.deleteFrom('app_role').where('account_id', '=', from).execute()
  await tx
    .updateTable('legacy_identity')
    .set({ account_id: into })
    .where('account_id', '=', from)
    .execute()
  await tx
    .updateTable('legacy_conflict')
    .set({ account_id: into })
    .where('account_id', '=', from)
    .execute()
  await sql`
    update account kept set
        given_name = coalesce(kept.given_name, old.given_name),
        family_name = coalesce(kept.family_name, old.family_name),
        account_type = case when kept.account_type = 'particulier' and exists (
          select from membership where account_id = kept.id and state = 'active'
        ) then 'organisme' else kept.account_type end
      from account old where kept.id = ${into} and old.id = ${from}`.execute(tx)
  await tx.deleteFrom('account').where('id', '=', from).execute()
}

/** The same, unless the old account was claimed a moment ago: then it is its person's to decide. */
export async function mergeStillOld(
  tx: Tx<Tables>,
  pair: { readonly from: string; readonly into: string },
): Promise<void> {
  const found = await lockAccounts(tx, [pair.from, pair.into])
  if (found.length === 2 && found.every(({ state }) => state === 'legacy')) {
    await mergeAccounts(tx, pair)
  }
}

/** Where an account comes from. */
export interface Origin {
  readonly site: string
  readonly identifier: string
  readonly login: string | null
  readonly email: string | null
  readonly updated_at: Date
}

export function listOrigins(db: Db<Tables>, account: string): Promise<Origin[]> {
  return db
    .selectFrom('legacy_identity')
    .select(['site', 'identifier', 'login', 'email', 'updated_at'])
    .where('account_id', '=', account)
    .orderBy('updated_at', 'desc')
    .execute()
}

/** Who has come over from the old applications (ahead 8). */
export interface Cohort {
  readonly total: number
  readonly claimed: number
  readonly waiting: number
  /** Of those who wait, the ones without an address: the team must find it (F113, M64). */
  readonly unreachable: number
}

export async function readCohort(db: Db<Tables>): Promise<Cohort> {
  const { rows } = await sql<Cohort>`
    select count(*) as total,
        count(*) filter (where state <> 'legacy') as claimed,
        count(*) filter (where state = 'legacy') as waiting,
        count(*) filter (where state = 'legacy' and email is null) as unreachable
      from account
      where state = 'legacy'
        or exists (select from legacy_identity where account_id = account.id)`.execute(db)
  return rows[0] as Cohort
}
