import type { Db, Tx } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { type RawBuilder, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { wordsOf } from './rules.ts'

/** A member as colleagues see them: identity, e-mail, role, nothing else (M53). */
export interface Member {
  /** Of the membership: it says nothing about the person elsewhere. */
  readonly id: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
  readonly role: Role
}

/** Where a page of the team begins: after or before a member of the page before. */
export interface Turn {
  readonly to: 'next' | 'previous'
  readonly from: string
}

export interface TeamPage {
  readonly members: readonly (Member & { readonly is_oneself: boolean })[]
  readonly next: string | null
  readonly previous: string | null
}

/** Within a role: by name, and by age of the membership. The index `membership_team` is in this order. */
const ORDER = [sql`m.sort_family_name`, sql`m.sort_given_name`, sql`m.id`] as const

/**
 * A page of the team. By key, not by number: the last page costs what the first one does, and somebody
 * who joins meanwhile moves nobody out of sight. The key is a membership of this very team; any other
 * begins at the top, so that it tells nothing.
 */
export async function listTeam(
  db: Db<Tables>,
  asked: {
    readonly organisation: string
    /** Who looks: their own line says so. */
    readonly viewer: string
    readonly search: string
    readonly turn: Turn | null
    readonly most: number
  },
): Promise<TeamPage> {
  const { organisation, turn, most } = asked
  const key = turn && (await findMember(db, { organisation, membership: turn.from }))
  const isBack = key ? turn.to === 'previous' : false
  const [roleOrder, nameOrder] = isBack ? [sql`asc`, sql`desc`] : [sql`desc`, sql`asc`]
  const [beyondRole, beyondName] = isBack ? [sql`>`, sql`<`] : [sql`<`, sql`>`]
  const order = sql`m.role ${roleOrder}, ${sql.join(ORDER.map((part) => sql`${part} ${nameOrder}`))}`
  const limit = sql`limit ${most + 1}`
  const those = (beyond: RawBuilder<unknown>) => sql`
    select m.id, a.given_name, a.family_name, a.email, m.role, m.sort_family_name, m.sort_given_name,
        a.id = ${asked.viewer}::uuid as is_oneself
      from membership m join account a on a.id = m.account_id
      where m.organisation_id = ${organisation} and m.state = 'active'
        ${matching(asked.search)} ${beyond}
      order by ${order} ${limit}`
  // The rest of a role, then the other roles: each is a piece of the index, which one condition on
  // both would not be.
  const asListed = key
    ? sql`(${those(sql`and m.role = ${key.role}::organisation_role and (${sql.join(ORDER)}) ${beyondName} (
          sort_name(${key.family_name}) collate "fr-x-icu",
          sort_name(${key.given_name}) collate "fr-x-icu", ${key.id}::uuid)`)})
        union all
        (${those(sql`and m.role ${beyondRole} ${key.role}::organisation_role`)})`
    : those(sql``)
  const { rows } = await sql<TeamPage['members'][number]>`
    select m.id, m.given_name, m.family_name, m.email, m.role, m.is_oneself
      from (${asListed}) m
      order by ${order} ${limit}`.execute(db)
  const isMore = rows.length > most
  const members = rows.slice(0, most)
  if (isBack) members.reverse()
  const [first, last] = [members[0]?.id ?? null, members.at(-1)?.id ?? null]
  return {
    members,
    next: isBack || isMore ? last : null,
    previous: isBack ? (isMore ? first : null) : key ? first : null,
  }
}

/** Every word, anywhere in name or address, without accents or case. */
function matching(search: string): RawBuilder<unknown> {
  const words = wordsOf(search).map(
    (word) =>
      sql`and strpos(search_key(concat_ws(' ', a.given_name, a.family_name, a.email)),
        search_key(${word})) > 0`,
  )
  return sql.join(words, sql` `)
}

/** How many they are: counted when somebody comes or goes, not when a page shows it. */
export async function countTeam(db: Db<Tables>, organisation: string): Promise<number> {
  const { members } = await db
    .selectFrom('organisation')
    .select('members')
    .where('id', '=', organisation)
    .executeTakeFirstOrThrow()
  return members
}

/** A member as who leads the team sees them, to decide on. */
export interface MemberFile extends Member {
  readonly account: string
  readonly state: 'active' | 'removed' | 'left'
  readonly role_since: Date
  readonly until: Date | null
  /** Its last day, when the role was given for a time. */
  readonly ends_on: string | null
}

/** @returns undefined for who never was of this team */
export async function findMember(
  db: Db<Tables> | Tx<Tables>,
  of: { readonly organisation: string; readonly membership: string },
): Promise<MemberFile | undefined> {
  const row = await db
    .selectFrom('membership')
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select([
      'membership.id',
      'membership.account_id as account',
      'account.given_name',
      'account.family_name',
      'account.email',
      'membership.role',
      'membership.state',
      'membership.role_since',
      'membership.until',
      sql<string | null>`to_char(membership.ends_on, 'YYYY-MM-DD')`.as('ends_on'),
    ])
    .where('membership.organisation_id', '=', of.organisation)
    .where('membership.id', '=', of.membership)
    .executeTakeFirst()
  return row as MemberFile | undefined
}

export interface Contact {
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
}

/** Who leads, for the members: the person to turn to. Undefined while the organisation is vacant. */
export function findContact(db: Db<Tables>, organisation: string): Promise<Contact | undefined> {
  return db
    .selectFrom('membership')
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select(['account.given_name', 'account.family_name', 'account.email'])
    .where('membership.organisation_id', '=', organisation)
    .where('membership.role', '=', 'GESTIONNAIRE')
    .where('membership.state', '=', 'active')
    .executeTakeFirst()
}

/** How many RESPONSABLES a team has: one who is alone is not removed lightly (4.3.5). */
export async function countResponsables(
  db: Db<Tables> | Tx<Tables>,
  organisation: string,
): Promise<number> {
  const { count } = await db
    .selectFrom('membership')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('organisation_id', '=', organisation)
    .where('role', '=', 'RESPONSABLE')
    .where('state', '=', 'active')
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Roles given for a time whose last day is over, where the people are. */
export async function listDue(
  db: Db<Tables>,
  most: number,
): Promise<{ readonly membership: string; readonly organisation: string }[]> {
  return await db
    .selectFrom('membership')
    .select(['id as membership', 'organisation_id as organisation'])
    .where('state', '=', 'active')
    .where('ends_on', '<', sql<string>`(now() at time zone 'Europe/Brussels')::date`)
    .orderBy('ends_on')
    .limit(most)
    .execute()
}

/** Who of a team has a last day within so many days, the next first. */
export async function listEnding(
  db: Db<Tables>,
  asked: { readonly organisation: string; readonly days: number; readonly most: number },
): Promise<(Member & { readonly ends_on: string })[]> {
  const rows = await db
    .selectFrom('membership')
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select([
      'membership.id',
      'account.given_name',
      'account.family_name',
      'account.email',
      'membership.role',
      sql<string>`to_char(membership.ends_on, 'YYYY-MM-DD')`.as('ends_on'),
    ])
    .where('membership.organisation_id', '=', asked.organisation)
    .where('membership.state', '=', 'active')
    .where(
      'membership.ends_on',
      '<=',
      sql<string>`(now() at time zone 'Europe/Brussels')::date + ${asked.days}::int`,
    )
    .orderBy('membership.ends_on')
    .orderBy('membership.id')
    .limit(asked.most)
    .execute()
  return rows as (Member & { ends_on: string })[]
}

/**
 * An organisation somebody was of until a month ago, or is of while it is closed, for who is told so;
 * undefined for everybody else.
 */
export function findLeft(
  db: Db<Tables>,
  of: { readonly organisation: string; readonly account: string },
): Promise<{ readonly name: string; readonly isClosed: boolean } | undefined> {
  return db
    .selectFrom('membership')
    .innerJoin('organisation', 'organisation.id', 'membership.organisation_id')
    .select(['organisation.name', sql<boolean>`membership.state = 'active'`.as('isClosed')])
    .where('membership.organisation_id', '=', of.organisation)
    .where('membership.account_id', '=', of.account)
    .where((row) =>
      row.or([
        row('membership.until', '>', sql<Date>`now() - interval '30 days'`),
        row.and([row('membership.state', '=', 'active'), row('organisation.state', '=', 'closed')]),
      ]),
    )
    .orderBy('isClosed', 'desc')
    .limit(1)
    .executeTakeFirst()
}
