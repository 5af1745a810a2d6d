import type { Db } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { MOST_FOUND, type Search } from './rules.ts'

export interface Found {
  readonly id: string
  readonly state: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
}

/**
 * People whose login, address or name begins like this, a few of them; also by the login they had in an
 * old application, which may be all somebody remembers.
 */
export async function searchPeople(db: Db<Tables>, search: Search): Promise<Found[]> {
  const names = sql.join(
    search.names.map(
      ({ given, family }) => sql`
        (identifier_key(family_name) like identifier_key(${family})
          and coalesce(identifier_key(given_name), '') like coalesce(identifier_key(${given}), '%'))`,
    ),
    sql` or `,
  )
  const { rows } = await sql<Found>`
    with found (id) as (
      (select account_id from account_identifier where key like identifier_key(${search.key})
        order by key limit ${MOST_FOUND + 1})
      union
      (select id from account where family_name is not null and (${names})
        order by identifier_key(family_name) limit ${MOST_FOUND + 1})
      union
      (select account_id from legacy_identity
        where identifier_key(login) = identifier_key(rtrim(${search.key}, '%'))
        limit ${MOST_FOUND + 1})
    )
    select account.id, state, given_name, family_name, email
      from found join account using (id)
      where state <> 'deleted'
      order by family_name collate "und-x-icu", given_name, account.id
      limit ${MOST_FOUND + 1}`.execute(db)
  return rows
}

/** What the team sees of somebody: no telephone, no address, no preferences (M30). */
export interface PersonFile {
  readonly id: string
  readonly state: string
  readonly account_type: string
  readonly login: string | null
  readonly email: string | null
  readonly email_confirmed_at: Date | null
  readonly given_name: string | null
  readonly family_name: string | null
  readonly created_at: Date
}

export function findPerson(db: Db<Tables>, id: string): Promise<PersonFile | undefined> {
  return db
    .selectFrom('account')
    .select([
      'id',
      'state',
      'account_type',
      'login',
      'email',
      'email_confirmed_at',
      'given_name',
      'family_name',
      'created_at',
    ])
    .where('id', '=', id)
    .where('state', '<>', 'deleted')
    .executeTakeFirst()
}

export interface PersonMembership {
  readonly organisation: string
  readonly bce: string | null
  readonly role: string
  readonly since: Date
}

export function listMemberships(db: Db<Tables>, account: string): Promise<PersonMembership[]> {
  return db
    .selectFrom('membership')
    .innerJoin('organisation', 'organisation.id', 'membership.organisation_id')
    .select([
      'organisation.name as organisation',
      'organisation.bce',
      'membership.role',
      'membership.since',
    ])
    .where('membership.account_id', '=', account)
    .where('membership.state', '=', 'active')
    .orderBy('organisation.name')
    .execute()
}

export interface PersonAction {
  readonly action: string
  readonly reason: string
  readonly at: Date
  readonly given_name: string | null
  readonly family_name: string | null
}

export function listActions(db: Db<Tables>, account: string): Promise<PersonAction[]> {
  return db
    .selectFrom('staff_action')
    .leftJoin('account', 'account.id', 'staff_action.staff_id')
    .select([
      'staff_action.action',
      'staff_action.reason',
      'staff_action.at',
      'account.given_name',
      'account.family_name',
    ])
    .where('staff_action.account_id', '=', account)
    .orderBy('staff_action.id', 'desc')
    .limit(20)
    .execute()
}
