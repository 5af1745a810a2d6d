import type { Db } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { MOST_FOUND, type OrganisationSearch } from './rules.ts'

export interface FoundOrganisation {
  readonly id: string
  readonly name: string
  readonly bce: string | null
  readonly state: 'active' | 'vacant' | 'closed'
}

/** By its number, or by any words of its name or acronym, each from its first letters on. */
export function searchOrganisations(
  db: Db<Tables>,
  search: OrganisationSearch,
): Promise<FoundOrganisation[]> {
  return db
    .selectFrom('organisation')
    .select(['id', 'name', 'bce', sql<FoundOrganisation['state']>`state`.as('state')])
    .where('is_canary', '=', false)
    .$if(search.bce !== null, (query) => query.where('bce', '=', search.bce))
    .$if(search.bce === null, (query) =>
      query.where(
        sql<boolean>`to_tsvector('simple'::regconfig,
          identifier_key(name || ' ' || coalesce(acronym, ''))) @@ to_tsquery('simple', ${search.words})`,
      ),
    )
    .orderBy('name')
    .orderBy('id')
    .limit(MOST_FOUND + 1)
    .execute()
}

/** Organisations that nobody leads, and whether somebody has asked to. */
export async function listVacant(
  db: Db<Tables>,
): Promise<{ id: string; name: string; bce: string | null; isAsked: boolean }[]> {
  const rows = await db
    .selectFrom('organisation')
    .leftJoin('rescue', (join) =>
      join.onRef('rescue.organisation_id', '=', 'organisation.id').on('rescue.state', '=', 'open'),
    )
    .select(['organisation.id', 'organisation.name', 'organisation.bce', 'rescue.id as rescue'])
    .where('organisation.state', '=', 'vacant')
    .orderBy('organisation.name')
    .limit(100)
    .execute()
  return rows.map(({ rescue, ...organisation }) => ({ ...organisation, isAsked: rescue !== null }))
}

export interface TeamMember {
  readonly membership: string
  readonly account: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
  readonly role: Role
  readonly state: string
}

/** People of one team shown at once; whoever is not among them is found by their name or address. */
export const MOST_MEMBERS = 100

/** The team, who leads first (M45): what colleagues see of each other, and whether the account is open. */
export function listTeam(db: Db<Tables>, organisation: string): Promise<TeamMember[]> {
  return db
    .selectFrom('membership')
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select([
      'membership.id as membership',
      'account.id as account',
      'account.given_name',
      'account.family_name',
      'account.email',
      'membership.role',
      'account.state',
    ])
    .where('membership.organisation_id', '=', organisation)
    .where('membership.state', '=', 'active')
    .orderBy('membership.role', 'desc')
    .orderBy('account.family_name')
    .orderBy('membership.id')
    .limit(MOST_MEMBERS + 1)
    .execute()
}

export interface OrganisationAction {
  readonly action: string
  readonly reason: string
  readonly at: Date
  readonly given_name: string | null
  readonly family_name: string | null
}

/** What one of the team did there alone, the latest first. */
export function listOrganisationActions(
  db: Db<Tables>,
  organisation: string,
): Promise<OrganisationAction[]> {
  return db
    .selectFrom('organisation_action')
    .leftJoin('account', 'account.id', 'organisation_action.staff_id')
    .select([
      'organisation_action.action',
      'organisation_action.reason',
      'organisation_action.at',
      'account.given_name',
      'account.family_name',
    ])
    .where('organisation_id', '=', organisation)
    .orderBy('organisation_action.id', 'desc')
    .limit(20)
    .execute()
}

export async function saveOrganisationAction(
  db: Db<Tables>,
  action: {
    readonly action: 'remove-member' | 'refuse-rescue'
    readonly organisation: string
    readonly account: string
    readonly staff: string
    readonly reason: string
  },
): Promise<void> {
  await db
    .insertInto('organisation_action')
    .values({
      action: action.action,
      organisation_id: action.organisation,
      account_id: action.account,
      staff_id: action.staff,
      reason: action.reason,
    })
    .execute()
}

/** @returns false when it was asked already */
export async function askToClose(
  db: Db<Tables>,
  wish: { readonly organisation: string; readonly account: string; readonly reason: string },
): Promise<boolean> {
  const row = await db
    .insertInto('staff_task')
    .values({
      kind: 'close-organisation',
      account_id: wish.account,
      organisation_id: wish.organisation,
      reason: wish.reason,
      closed_at: null,
    })
    .onConflict((conflict) =>
      conflict.columns(['kind', 'organisation_id']).where('state', '=', 'open').doNothing(),
    )
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** That who leads an organisation asks for it to be closed, while nobody has answered. */
export function findClosingWish(
  db: Db<Tables>,
  organisation: string,
): Promise<{ created_at: Date; reason: string | null } | undefined> {
  return db
    .selectFrom('staff_task')
    .select(['created_at', 'reason'])
    .where('organisation_id', '=', organisation)
    .where('kind', '=', 'close-organisation')
    .where('state', '=', 'open')
    .executeTakeFirst()
}
