import type { Db, Tx } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** Somebody of the organisation that goes: what they are there, and in the one that stays. */
export interface Moving {
  readonly account: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
  readonly role: Role
  readonly endsOn: string | null
  /** Null for who is not of the one that stays. */
  readonly keptMembership: string | null
  readonly keptRole: Role | null
  readonly keptEndsOn: string | null
}

export async function listMoving(
  db: Db<Tables>,
  { kept, gone }: { readonly kept: string; readonly gone: string },
): Promise<Moving[]> {
  const { rows } = await sql<Moving>`
    select a.id as account, a.given_name, a.family_name, a.email, g.role,
        g.ends_on::text as "endsOn", k.id as "keptMembership", k.role as "keptRole",
        k.ends_on::text as "keptEndsOn"
      from membership g
      join account a on a.id = g.account_id
      left join membership k on k.organisation_id = ${kept}::uuid and k.account_id = g.account_id
        and k.state = 'active'
      where g.organisation_id = ${gone}::uuid and g.state = 'active'
      order by g.role desc, g.sort_family_name, g.sort_given_name, g.id`.execute(db)
  return rows
}

/** A merge as it is kept. */
export interface Merge {
  readonly id: string
  readonly gone: string
  readonly kept: string
  readonly mergedAt: Date
  readonly undoUntil: Date
  readonly undoneAt: Date | null
}

const MERGE = [
  'id',
  'gone_id as gone',
  'kept_id as kept',
  'merged_at as mergedAt',
  'undo_until as undoUntil',
  'undone_at as undoneAt',
] as const

export function findMerge(db: Db<Tables>, id: string): Promise<Merge | undefined> {
  return db.selectFrom('organisation_merge').select(MERGE).where('id', '=', id).executeTakeFirst()
}

/** The merge an organisation went with, while that can be undone. */
export function findUndoableOf(db: Db<Tables>, gone: string): Promise<Merge | undefined> {
  return db
    .selectFrom('organisation_merge')
    .select(MERGE)
    .where('gone_id', '=', gone)
    .where('undone_at', 'is', null)
    .where('undo_until', '>', sql<Date>`now()`)
    .executeTakeFirst()
}

const bothOf = (db: Db<Tables>, pair: readonly [string, string]) =>
  db
    .selectFrom('organisation')
    .select(['id', 'kind', 'state', 'merged_into as mergedInto'])
    .where('id', 'in', pair)
    .orderBy('id')

export const readBoth = (db: Db<Tables>, pair: readonly [string, string]) =>
  bothOf(db, pair).execute()

/** Both organisations, in the order of their numbers: two merges the other way round wait in a line. */
export const lockBoth = (tx: Tx<Tables>, pair: readonly [string, string]) =>
  bothOf(tx, pair).forUpdate().execute()

export async function saveMerge(
  tx: Tx<Tables>,
  { kept, gone }: { readonly kept: string; readonly gone: string },
): Promise<string> {
  const { id } = await tx
    .insertInto('organisation_merge')
    .values({ kept_id: kept, gone_id: gone, undone_at: null })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Who joins, and what each membership was before; nothing, for who was not of it. */
export async function saveJoining(
  tx: Tx<Tables>,
  given: {
    readonly merge: string
    readonly organisation: string
    readonly by: string
    readonly people: readonly {
      readonly account: string
      readonly role: Role
      readonly endsOn: string | null
    }[]
  },
): Promise<void> {
  const { merge, organisation, by, people } = given
  await sql`
    with joined as (
      insert into membership (organisation_id, account_id, role, role_by, ends_on, until)
        select ${organisation}::uuid, account_, role_, ${by}::uuid, ends_on_, null
          from unnest(
            ${people.map(({ account }) => account)}::uuid[],
            ${people.map(({ role }) => role)}::organisation_role[],
            ${people.map(({ endsOn }) => endsOn)}::date[]
          ) as given (account_, role_, ends_on_)
          order by account_
        returning *
    )
    insert into organisation_merge_member (
        merge_id, membership_id, organisation_id, account_id, role, role_since, role_by, ends_on
      )
      select ${merge}::uuid, id, organisation_id, account_id, role, role_since, role_by, ends_on
        from joined`.execute(tx)
}

/**
 * Who has a higher role from now on. What there was is copied in the database, row to row: a moment read
 * here would lose its microseconds, and could not be given back as it was.
 */
export async function saveRaised(
  tx: Tx<Tables>,
  given: {
    readonly merge: string
    readonly by: string
    readonly people: readonly {
      readonly membership: string
      readonly role: Role
      readonly endsOn: string | null
    }[]
  },
): Promise<void> {
  const { merge, by, people } = given
  const ids = people.map(({ membership }) => membership)
  // One row at two moments: each part of a statement sees the row as it was before the statement.
  await sql`
    with was as (
      select id, role, role_since, role_by, ends_on from membership where id = any(${ids}::uuid[])
    ), raised as (
      update membership m
        set role = role_, role_by = ${by}::uuid, ends_on = ends_on_,
          role_since = case when m.role = role_ then m.role_since else now() end
        from unnest(
          ${ids}::uuid[],
          ${people.map(({ role }) => role)}::organisation_role[],
          ${people.map(({ endsOn }) => endsOn)}::date[]
        ) as given (id_, role_, ends_on_)
        where m.id = id_
        returning m.*
    )
    insert into organisation_merge_member (
        merge_id, membership_id, organisation_id, account_id,
        was_role, was_role_since, was_role_by, was_ends_on, role, role_since, role_by, ends_on
      )
      select ${merge}::uuid, m.id, m.organisation_id, m.account_id,
          was.role, was.role_since, was.role_by, was.ends_on,
          m.role, m.role_since, m.role_by, m.ends_on
        from raised m join was using (id)`.execute(tx)
}

/** Somebody whose place a merge made or changed, and what becomes of it when that is undone. */
export interface Moved {
  readonly membership: string
  readonly account: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
  /** What it is now. */
  readonly role: Role
  /** The last day the merge gave it. */
  readonly endsOn: string | null
  /** What it was; null for who came with the merge. */
  readonly wasRole: Role | null
  readonly wasEndsOn: string | null
  /** Somebody has decided on it since: it stays as that was decided. */
  readonly isDecided: boolean
  readonly isMember: boolean
}

/**
 * What a merge changed, and what of it is still as the merge left it. A place about which somebody has
 * said something since (another role or day, an end, a hand-over or a take-over asked for, a review) is
 * theirs to have decided.
 */
export async function listMoved(db: Db<Tables>, merge: string): Promise<Moved[]> {
  const { rows } = await sql<Moved>`
    select r.membership_id as membership, r.account_id as account,
        a.given_name, a.family_name, a.email, coalesce(m.role, r.role) as role,
        r.ends_on::text as "endsOn", r.was_role as "wasRole", r.was_ends_on::text as "wasEndsOn",
        m.id is null or (m.state, m.role, m.role_since, m.role_by, m.ends_on, m.account_id)
            is distinct from ('active', r.role, r.role_since, r.role_by, r.ends_on, r.account_id)
          or exists (select from manager_transfer t where m.id in (t.from_membership, t.to_membership)
            and t.proposed_at >= r.at)
          or exists (select from rescue s where s.membership_id = m.id and s.asked_at >= r.at)
          or exists (select from member_review_answer w where w.membership_id = m.id
            and w.answered_at >= r.at)
          as "isDecided",
        coalesce(m.state = 'active', false) as "isMember"
      from organisation_merge_member r
      join account a on a.id = r.account_id
      left join membership m on m.id = r.membership_id
      where r.merge_id = ${merge}::uuid
      order by r.role desc, a.family_name, a.given_name, r.membership_id`.execute(db)
  return rows
}

/** Takes out who came with a merge: their rows are gone, and when they came and went is kept. */
export async function deleteJoined(
  tx: Tx<Tables>,
  { merge, memberships }: { readonly merge: string; readonly memberships: readonly string[] },
): Promise<void> {
  await sql`
    with gone as (
      delete from membership where id = any(${[...memberships]}::uuid[]) returning id
    )
    update organisation_merge_member set went_at = now()
      where merge_id = ${merge}::uuid and membership_id in (select id from gone)`.execute(tx)
}

/** Gives back the role there was, since when it was and who had given it. */
export async function restoreRaised(
  tx: Tx<Tables>,
  { merge, memberships }: { readonly merge: string; readonly memberships: readonly string[] },
): Promise<void> {
  await sql`
    update membership m
      set role = r.was_role, role_since = r.was_role_since, role_by = r.was_role_by,
        ends_on = r.was_ends_on
      from organisation_merge_member r
      where r.merge_id = ${merge}::uuid and r.membership_id = m.id
        and m.id = any(${[...memberships]}::uuid[])`.execute(tx)
}

export async function markMergeUndone(tx: Tx<Tables>, merge: string): Promise<void> {
  await tx
    .updateTable('organisation_merge')
    .set({ undone_at: sql<Date>`now()` })
    .where('id', '=', merge)
    .execute()
}

/** Whether another organisation went the same way later: that one comes back first. */
export async function hasLaterMerge(db: Db<Tables>, { id, kept }: Merge): Promise<boolean> {
  const row = await db
    .selectFrom('organisation_merge')
    .select('id')
    .where('kept_id', '=', kept)
    .where('undone_at', 'is', null)
    .where('id', '>', id)
    .executeTakeFirst()
  return row !== undefined
}

/** The line of merges an organisation went with: itself first. */
const lineOf = (organisation: string) => sql`
  recursive line as (
    select id, name, state, merged_into, 0 as step from organisation
      where id = ${organisation}::uuid
    union all
    select o.id, o.name, o.state, o.merged_into, line.step + 1
      from organisation o join line on o.id = line.merged_into
      where line.step < 20
  )`

/** The last of a line of merges, for whoever asks; undefined when there is none, or it is closed. */
export async function findSuccessor(
  db: Db<Tables>,
  organisation: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    with ${lineOf(organisation)}
    select id from line where step > 0 and merged_into is null and state <> 'closed'`.execute(db)
  return rows[0]?.id
}

/**
 * Where an organisation went, to the last one of a line of merges, for somebody who was of it when it
 * went and is of that one now; undefined for everybody else.
 */
export async function findMergedInto(
  db: Db<Tables>,
  { organisation, account }: { readonly organisation: string; readonly account: string },
): Promise<
  { readonly name: string; readonly into: string; readonly intoName: string } | undefined
> {
  const { rows } = await sql<{ name: string; into: string; intoName: string }>`
    with ${lineOf(organisation)}
    select gone.name, last.id as into, last.name as "intoName"
      from line gone, line last
      where gone.step = 0 and last.step > 0 and last.merged_into is null
        and exists (select from membership where organisation_id = gone.id
          and account_id = ${account}::uuid and state = 'active')
        and last.state <> 'closed'
        and exists (select from membership where organisation_id = last.id
          and account_id = ${account}::uuid and state = 'active')`.execute(db)
  return rows[0]
}
