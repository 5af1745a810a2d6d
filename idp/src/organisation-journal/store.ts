import type { Db } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { type RawBuilder, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { type Around, ORGANISATION_EVENTS, type OrganisationEvent } from './rules.ts'

/** A line as it is kept, with the names of those it names. */
export interface EventRow {
  readonly id: string
  readonly at: Date
  readonly event: OrganisationEvent
  readonly details: Readonly<Record<string, unknown>>
  readonly account: string | null
  readonly name: string | null
  readonly is_erased: boolean
  readonly by: string | null
  readonly by_name: string | null
  readonly by_is_erased: boolean
  readonly by_is_member: boolean
  readonly address: string | null
}

const NAME = (table: string) =>
  sql`nullif(concat_ws(' ', ${sql.ref(`${table}.given_name`)}, ${sql.ref(`${table}.family_name`)}), '')`

/**
 * What happened in one organisation, the latest first. Paged by key: the thousandth page costs what the
 * first one does. Names come after the page is cut; addresses of the invited live in their invitation,
 * and are gone with it.
 */
export async function listEvents(
  db: Db<Tables>,
  asked: {
    readonly organisation: string
    /** Lines about this account, or decided by it. */
    readonly account: string | null
    readonly from: Date | null
    readonly to: Date | null
    /** The last line of the page before. */
    readonly before: string | null
    readonly most: number
  },
): Promise<EventRow[]> {
  const { organisation, account, from, to, before, most } = asked
  const lines = (whose: RawBuilder<unknown>) => sql`(
    select id, at, event, account_id, actor_id, details from journal
      where organisation_id = ${organisation}::uuid and event <> 'context-chosen'
        and event = any (${[...ORGANISATION_EVENTS]}) ${whose}
        ${from ? sql`and at >= ${from}` : sql``} ${to ? sql`and at < ${to}` : sql``}
        ${before ? sql`and (at, id) < (select at, id from journal where id = ${before}::bigint)` : sql``}
      order by at desc, id desc limit ${most})`
  const found = account
    ? sql`select * from ${lines(sql`and account_id = ${account}::uuid`)} about
        union select * from ${lines(sql`and actor_id = ${account}::uuid
          and event <> 'rescue-objected'`)} decided`
    : sql`select * from ${lines(sql``)} lines`
  const { rows } = await sql<EventRow>`
    select j.id::text, j.at, j.event, j.details, j.account_id as account, ${NAME('a')} as name,
        coalesce(a.state = 'deleted', j.account_id is not null) as is_erased,
        j.actor_id as by, ${NAME('b')} as by_name,
        coalesce(b.state = 'deleted', j.actor_id is not null) as by_is_erased,
        exists (
          select from membership m
            where m.organisation_id = ${organisation}::uuid and m.account_id = j.actor_id
        ) as by_is_member,
        i.email as address
      from (${found} order by at desc, id desc limit ${most}) j
      left join account a on a.id = j.account_id
      left join account b on b.id = j.actor_id
      left join invitation i on i.id = (
          case when j.details ->> 'invitation' ~ '^[0-9a-f-]{36}$' then j.details ->> 'invitation' end
        )::uuid
        and i.organisation_id = ${organisation}::uuid
      order by j.at desc, j.id desc`.execute(db)
  return rows
}

export interface PersonRow {
  /** The last membership of this person there. */
  readonly membership: string
  readonly account: string
  readonly name: string | null
  readonly role: Role
  readonly is_active: boolean
}

/** Somebody who is or was of the team, by a membership of theirs. */
export async function findPerson(
  db: Db<Tables>,
  of: { readonly organisation: string; readonly membership: string },
): Promise<PersonRow | undefined> {
  const { rows } = await sql<PersonRow>`
    select m.id as membership, m.account_id as account, ${NAME('a')} as name, m.role,
        m.state = 'active' as is_active
      from membership_ever m join account a on a.id = m.account_id
      where m.organisation_id = ${of.organisation}::uuid and m.id = ${of.membership}::uuid`.execute(
    db,
  )
  return rows[0]
}

/** Whoever is or was of the team and is called so, or has this address and is of it now. */
export async function searchPeople(
  db: Db<Tables>,
  asked: { readonly organisation: string; readonly typed: string; readonly most: number },
): Promise<PersonRow[]> {
  const { rows } = await sql<PersonRow>`
    select * from (
      select distinct on (m.account_id) m.id as membership, m.account_id as account,
          ${NAME('a')} as name, m.role, m.state = 'active' as is_active
        from membership_ever m join account a on a.id = m.account_id
        where m.organisation_id = ${asked.organisation}::uuid and a.state <> 'deleted'
          and (
            position(search_key(${asked.typed}) in search_key(concat_ws(' ', a.given_name, a.family_name))) > 0
            or position(search_key(${asked.typed}) in search_key(concat_ws(' ', a.family_name, a.given_name))) > 0
            or (m.state = 'active' and identifier_key(a.email) = identifier_key(${asked.typed}))
          )
        order by m.account_id, m.state = 'active' desc, m.since desc
    ) found order by is_active desc, name limit ${asked.most}`.execute(db)
  return rows
}

interface AroundRow extends Omit<Around, 'roleSince'> {
  readonly role_since: Date
  readonly before_by: string | null
  readonly before_by_name: string | null
  readonly before_by_is_erased: boolean
  readonly before_by_is_member: boolean
  readonly after_by: string | null
  readonly after_by_name: string | null
  readonly after_by_is_erased: boolean
  readonly after_by_is_member: boolean
  readonly closed: boolean
}

/**
 * One person in one organisation around one moment: the membership of then, the last line before it and
 * the first one after it, each found by its key, however long the journal is (ahead 13).
 */
export async function findAround(
  db: Db<Tables>,
  asked: { readonly organisation: string; readonly account: string; readonly moment: Date },
): Promise<AroundRow | undefined> {
  const { organisation, account, moment } = asked
  const about = sql`organisation_id = ${organisation}::uuid and account_id = ${account}::uuid
    and event <> 'context-chosen'`
  const person = (side: 'before' | 'after') => sql`
    ${sql.ref(`${side}.actor_id`)} as ${sql.ref(`${side}_by`)},
    ${NAME(`${side}_by`)} as ${sql.ref(`${side}_by_name`)},
    coalesce(${sql.ref(`${side}_by.state`)} = 'deleted', ${sql.ref(`${side}.actor_id`)} is not null)
      as ${sql.ref(`${side}_by_is_erased`)},
    exists (select from membership other where other.organisation_id = ${organisation}::uuid
      and other.account_id = ${sql.ref(`${side}.actor_id`)}) as ${sql.ref(`${side}_by_is_member`)}`
  const change = (side: 'before' | 'after') => sql`
    case when ${sql.ref(`${side}.id`)} is not null then jsonb_build_object('at', ${sql.ref(`${side}.at`)},
      'event', ${sql.ref(`${side}.event`)}, 'details', ${sql.ref(`${side}.details`)}) end
      as ${sql.ref(side)}`
  const { rows } = await sql<AroundRow>`
    select m.since, m.until, m.role, m.role_since,
        ${change('before')}, ${person('before')}, ${change('after')}, ${person('after')},
        coalesce((
          select event = 'organisation-closed' from journal
            where organisation_id = ${organisation}::uuid
              and event in ('organisation-closed', 'organisation-reopened') and at <= ${moment}
            order by at desc, id desc limit 1
        ), false) as closed
      from (
        select * from membership_ever
          where organisation_id = ${organisation}::uuid and account_id = ${account}::uuid
            and since <= ${moment} and (until is null or until > ${moment})
          order by since desc limit 1
      ) m
      left join lateral (
        select * from journal where ${about} and event in ('membership-added', 'role-changed')
            and at <= ${moment} and at >= m.since
          order by at desc, id desc limit 1
      ) before on true
      left join lateral (
        select * from journal where ${about}
            and event in ('role-changed', 'membership-removed', 'membership-left')
            and at > ${moment}
          order by at, id limit 1
      ) after on true
      left join account before_by on before_by.id = before.actor_id
      left join account after_by on after_by.id = after.actor_id`.execute(db)
  return rows[0]
}
