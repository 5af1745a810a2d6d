import type { Db, Tx } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { MOST_FOUND, type OrganisationGesture, type OrganisationSearch } from './rules.ts'

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

/** Organisations that nobody leads, and whether somebody has asked to; by name. Paged by key. */
export async function listVacant(
  db: Db<Tables>,
  page: { readonly after: string | null; readonly most: number },
): Promise<{ id: string; name: string; bce: string | null; isAsked: boolean }[]> {
  const rows = await db
    .selectFrom('organisation')
    .leftJoin('rescue', (join) =>
      join.onRef('rescue.organisation_id', '=', 'organisation.id').on('rescue.state', '=', 'open'),
    )
    .select(['organisation.id', 'organisation.name', 'organisation.bce', 'rescue.id as rescue'])
    .where('organisation.state', '=', 'vacant')
    .$if(page.after !== null, (query) =>
      query.where(
        sql<boolean>`(organisation.name, organisation.id) >
          (select name, id from organisation where id = ${page.after}::uuid)`,
      ),
    )
    .orderBy('organisation.name')
    .orderBy('organisation.id')
    .limit(page.most)
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

/**
 * The team, who leads first (M45): what colleagues see of each other, and whether the account is open.
 * @param page `after`: a membership of this team, the last one of the page before; null for the first
 */
export function listTeam(
  db: Db<Tables>,
  page: { readonly organisation: string; readonly after: string | null; readonly most: number },
): Promise<TeamMember[]> {
  const { organisation, after } = page
  const beyond = sql<boolean>`exists (
    select from membership last where last.id = ${after}::uuid and last.organisation_id = ${organisation}::uuid
      and (membership.role < last.role or (membership.role = last.role
        and (membership.sort_family_name, membership.sort_given_name, membership.id)
          > (last.sort_family_name, last.sort_given_name, last.id))))`
  return teamOf(db, organisation)
    .where('membership.state', '=', 'active')
    .$if(after !== null, (query) => query.where(beyond))
    .orderBy('membership.role', 'desc')
    .orderBy('membership.sort_family_name')
    .orderBy('membership.sort_given_name')
    .orderBy('membership.id')
    .limit(page.most)
    .execute()
}

/** One of the team; undefined for who is not, or no longer, of it. */
export function findInTeam(
  db: Db<Tables>,
  of: { readonly organisation: string; readonly membership: string },
): Promise<TeamMember | undefined> {
  return teamOf(db, of.organisation)
    .where('membership.state', '=', 'active')
    .where('membership.id', '=', of.membership)
    .executeTakeFirst()
}

const teamOf = (db: Db<Tables>, organisation: string) =>
  db
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

/** @returns its identifier */
export async function saveOrganisationAction(
  db: Db<Tables> | Tx<Tables>,
  action: {
    readonly action: OrganisationGesture
    readonly organisation: string
    /** Whom it concerns, when that is somebody. */
    readonly account: string | null
    readonly staff: string
    readonly reason: string
  },
): Promise<string> {
  const { id } = await db
    .insertInto('organisation_action')
    .values({
      action: action.action,
      organisation_id: action.organisation,
      account_id: action.account,
      staff_id: action.staff,
      reason: action.reason,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** A reading of the journal this person of the team has given a reason for within the hour (P38). */
export async function findReading(
  db: Db<Tables>,
  of: { readonly reading: string; readonly organisation: string; readonly staff: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('organisation_action')
    .select('id')
    .where('id', '=', of.reading)
    .where('organisation_id', '=', of.organisation)
    .where('staff_id', '=', of.staff)
    .where('action', '=', 'read-journal')
    .where('at', '>', sql<Date>`now() - interval '1 hour'`)
    .executeTakeFirst()
  return row !== undefined
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

/**
 * Who of a team is written to when it is closed or opened again, by key: those who can sign in, and those
 * who answer for it whatever their account.
 */
export async function listTold(
  tx: Tx<Tables>,
  page: { readonly organisation: string; readonly after: string | null; readonly most: number },
): Promise<{ readonly membership: string; readonly account: string; readonly role: Role }[]> {
  return await tx
    .selectFrom('membership')
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select(['membership.id as membership', 'membership.account_id as account', 'membership.role'])
    .where('membership.organisation_id', '=', page.organisation)
    .where('membership.state', '=', 'active')
    .where((row) =>
      row.or([
        row('account.state', '=', 'active'),
        row('membership.role', 'in', ['RESPONSABLE', 'GESTIONNAIRE']),
      ]),
    )
    .$if(page.after !== null, (query) => query.where('membership.id', '>', page.after ?? ''))
    .orderBy('membership.id')
    .limit(page.most)
    .execute()
}
