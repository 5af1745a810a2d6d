import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { type Answer, REVIEW_EVERY_DAYS } from './review-rules.ts'
import type { Member } from './store.ts'

export interface Review {
  readonly id: string
  readonly organisation: string
  readonly openedAt: Date
  readonly reminders: number
}

const REVIEW = [
  'id',
  'organisation_id as organisation',
  'opened_at as openedAt',
  'reminders',
] as const

export function findOpenReview(
  db: Db<Tables> | Tx<Tables>,
  organisation: string,
): Promise<Review | undefined> {
  return db
    .selectFrom('member_review')
    .select(REVIEW)
    .where('organisation_id', '=', organisation)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
}

export async function findLastClosed(db: Db<Tables>, organisation: string): Promise<Date | null> {
  const row = await db
    .selectFrom('member_review')
    .select('closed_at')
    .where('organisation_id', '=', organisation)
    .where('closed_at', 'is not', null)
    .orderBy('closed_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.closed_at ?? null
}

/** @returns false when one is open already */
export async function openReview(
  tx: Tx<Tables>,
  { organisation, by }: { readonly organisation: string; readonly by: string | null },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await tx
    .insertInto('member_review')
    .values({ organisation_id: organisation, opened_by: by, reminded_at: null, closed_at: null })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows > 0n
}

/** @returns false when this member was answered for already */
export async function saveAnswer(
  tx: Tx<Tables>,
  given: {
    readonly review: string
    readonly membership: string
    readonly answer: Answer
    readonly by: string
  },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await tx
    .insertInto('member_review_answer')
    .values({
      review_id: given.review,
      membership_id: given.membership,
      answer: given.answer,
      answered_by: given.by,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows > 0n
}

export interface ReviewProgress {
  /** Answered for, and how. */
  readonly kept: number
  readonly lowered: number
  readonly removed: number
  /** Still of the team and not answered for. Who came after the beginning waits for the next one. */
  readonly left: number
}

export async function countProgress(
  db: Db<Tables> | Tx<Tables>,
  { id, organisation, openedAt }: Review,
): Promise<ReviewProgress> {
  const { rows } = await sql<ReviewProgress>`
    select
      (select count(*)::int from member_review_answer
        where review_id = ${id} and answer = 'kept') as kept,
      (select count(*)::int from member_review_answer
        where review_id = ${id} and answer = 'lowered') as lowered,
      (select count(*)::int from member_review_answer
        where review_id = ${id} and answer = 'removed') as removed,
      (select count(*)::int from membership m
        where ${waitsIn({ id, organisation, openedAt })}) as "left"`.execute(db)
  const [row] = rows
  if (!row) throw new Error('A statement without a table answers one row')
  return row
}

/** Those not answered for yet, in the order of the team: who is answered for makes room for the next. */
export async function listLeft(
  db: Db<Tables>,
  { review, most }: { readonly review: Review; readonly most: number },
): Promise<readonly (Member & { readonly role_since: Date })[]> {
  const { rows } = await sql<Member & { readonly role_since: Date }>`
    select m.id, a.given_name, a.family_name, a.email, m.role, m.role_since
      from membership m join account a on a.id = m.account_id
      where ${waitsIn(review)}
      order by m.role desc, m.sort_family_name, m.sort_given_name, m.id
      limit ${most}`.execute(db)
  return rows
}

const waitsIn = ({ id, organisation, openedAt }: Omit<Review, 'reminders'>) => sql`
  m.organisation_id = ${organisation} and m.state = 'active' and m.role <> 'GESTIONNAIRE'
    and m.since <= ${openedAt}
    and not exists (
      select from member_review_answer where review_id = ${id} and membership_id = m.id)`

export async function closeReview(tx: Tx<Tables>, id: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('member_review')
    .set({ closed_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function noteReminder(tx: Tx<Tables>, { id, reminders }: Review): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('member_review')
    .set({ reminders: reminders + 1, reminded_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('reminders', '=', reminders)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Led organisations with somebody to review whose last review, or beginning, is half a year ago. */
export async function listDueForReview(db: Db<Tables>, most: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select o.id from organisation o
      where o.state = 'active' and not o.is_canary
        and o.created_at < now() - ${REVIEW_EVERY_DAYS} * interval '1 day'
        and not exists (
          select from member_review r where r.organisation_id = o.id
            and (r.closed_at is null
              or r.closed_at > now() - ${REVIEW_EVERY_DAYS} * interval '1 day'))
        and exists (
          select from membership m
            where m.organisation_id = o.id and m.state = 'active' and m.role <> 'GESTIONNAIRE')
      order by o.id
      limit ${most}`.execute(db)
  return rows.map(({ id }) => id)
}

export function listOpenReviews(db: Db<Tables>): Promise<Review[]> {
  return db.selectFrom('member_review').select(REVIEW).where('closed_at', 'is', null).execute()
}

/** Whom to write to: those of a team with this role. */
export async function listAccountsWith(
  tx: Tx<Tables>,
  of: { readonly organisation: string; readonly role: 'RESPONSABLE' | 'GESTIONNAIRE' },
): Promise<string[]> {
  const rows = await tx
    .selectFrom('membership')
    .select('account_id')
    .where('organisation_id', '=', of.organisation)
    .where('role', '=', of.role)
    .where('state', '=', 'active')
    .execute()
  return rows.map(({ account_id }) => account_id)
}
