import type { Db, Tx } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { STEPS, WITH_THE_TEAM } from './rules.ts'

type Reader = Db<Tables> | Tx<Tables>

/** A request that waits for an organisation that is here, and how far it went unanswered. */
export interface Waiting {
  readonly id: string
  readonly organisation: string
  readonly organisationName: string
  readonly account: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly kind: 'join' | 'raise'
  readonly toldAt: Date | null
  readonly done: number
}

/** Held until the end of the transaction; undefined once it is answered. */
export async function lockWaiting(tx: Tx<Tables>, id: string): Promise<Waiting | undefined> {
  const row = await tx
    .selectFrom('join_request')
    .innerJoin('organisation', 'organisation.id', 'join_request.organisation_id')
    .innerJoin('account', 'account.id', 'join_request.account_id')
    .select([
      'join_request.id',
      'organisation.id as organisation',
      'organisation.name as organisationName',
      'join_request.account_id as account',
      'account.given_name',
      'account.family_name',
      'join_request.kind',
      'join_request.told_at as toldAt',
      'join_request.reminders as done',
    ])
    .where('join_request.id', '=', id)
    .where('join_request.state', '=', 'pending')
    .forUpdate('join_request')
    .executeTakeFirst()
  return row as Waiting | undefined
}

/** What is looked through in the order it was made, a page at a time. */
interface Turn {
  /** The last of the page before; null for the first. */
  readonly after: string | null
  readonly most: number
}

/**
 * Requests somebody has to hear of now: never told, or with a step due that was not taken, as `stepDue`
 * says it of one. What is only waiting takes nobody's place, however much of it there is.
 */
export async function listToTell(db: Reader, { after, most }: Turn): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select request.id from join_request as request
      cross join lateral (
        select exists (
            select from membership m join account a on a.id = m.account_id
              where m.organisation_id = request.organisation_id and m.state = 'active'
                and m.role = 'GESTIONNAIRE'
                and a.state not in ('suspended', 'deletion_requested', 'deleted')
          ) as manager,
          exists (
            select from membership m join account a on a.id = m.account_id
              where m.organisation_id = request.organisation_id and m.state = 'active'
                and m.role = 'RESPONSABLE' and a.state = 'active'
          ) as responsables,
          coalesce((
            select max(step.step)
              from unnest(${STEPS.map(({ step }) => step)}::int[], ${STEPS.map(({ afterDays }) => afterDays)}::int[])
                as step (step, days)
              where request.told_at + make_interval(hours => 24 * step.days) <= now()
          ), 0) as reached
      ) as known
      cross join lateral (
        select case when known.manager then known.reached else greatest(known.reached, 3) end as step
      ) as least
      where request.state = 'pending' and request.organisation_id is not null
        and request.reminders < ${WITH_THE_TEAM}
        and (${after}::uuid is null or request.id > ${after}::uuid)
        and (request.told_at is null or request.reminders
          < case when least.step = 3 and not known.responsables then 4 else least.step end)
      order by request.id limit ${most}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Past their thirty days. */
export async function listExpired(db: Reader, { after, most }: Turn): Promise<string[]> {
  const rows = await db
    .selectFrom('join_request')
    .select('id')
    .where('state', '=', 'pending')
    .where('expires_at', '<=', sql<Date>`now()`)
    .$if(after !== null, (query) => query.where('id', '>', after ?? ''))
    .orderBy('id')
    .limit(most)
    .execute()
  return rows.map(({ id }) => id)
}

export async function noteTold(tx: Tx<Tables>, id: string): Promise<void> {
  await tx
    .updateTable('join_request')
    .set({ told_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
}

export async function noteStep(tx: Tx<Tables>, id: string, step: number): Promise<void> {
  await tx
    .updateTable('join_request')
    .set({ reminders: step, reminded_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
}

/** Accounts of those who stand next to the GESTIONNAIRE, and can be written to. */
export async function listResponsables(db: Reader, organisation: string): Promise<string[]> {
  const rows = await db
    .selectFrom('membership')
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select('membership.account_id as account')
    .where('membership.organisation_id', '=', organisation)
    .where('membership.role', '=', 'RESPONSABLE')
    .where('membership.state', '=', 'active')
    .where('account.state', '=', 'active')
    .orderBy('membership.since')
    .limit(20)
    .execute()
  return rows.map(({ account }) => account)
}

/** A request nobody in the organisation has answered: for the team's list (X5). */
export interface Escalated {
  readonly id: string
  readonly organisation: string
  readonly name: string
  readonly kind: 'join' | 'raise'
  readonly createdAt: Date
  readonly since: Date
}

/**
 * What the organisation itself left unanswered for a week, the oldest first. Paged by key.
 * @param page `after`: the last one of the page before; null for the first
 */
export async function listEscalated(
  db: Reader,
  page: { readonly after: string | null; readonly most: number },
): Promise<Escalated[]> {
  const rows = await db
    .selectFrom('join_request')
    .innerJoin('organisation', 'organisation.id', 'join_request.organisation_id')
    .select([
      'join_request.id',
      'organisation.id as organisation',
      'organisation.name',
      'join_request.kind',
      'join_request.created_at as createdAt',
      'join_request.reminded_at as since',
    ])
    .where('join_request.state', '=', 'pending')
    .where('join_request.reminders', '>=', WITH_THE_TEAM)
    .$if(page.after !== null, (query) => query.where('join_request.id', '>', page.after ?? ''))
    .orderBy('join_request.id')
    .limit(page.most)
    .execute()
  return rows as Escalated[]
}

/** A request that waits at one organisation, for the team of the ANM: who asks for what, not their words. */
export interface WaitingAt {
  readonly id: string
  readonly kind: 'join' | 'raise'
  readonly account: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
  readonly wishedRole: Role | null
  readonly createdAt: Date
  readonly isEscalated: boolean
}

/** The oldest first. Paged by key. */
export async function listWaitingAt(
  db: Reader,
  page: { readonly organisation: string; readonly after: string | null; readonly most: number },
): Promise<WaitingAt[]> {
  const rows = await db
    .selectFrom('join_request')
    .innerJoin('account', 'account.id', 'join_request.account_id')
    .select([
      'join_request.id',
      'join_request.kind',
      'join_request.account_id as account',
      'account.given_name',
      'account.family_name',
      'account.email',
      'join_request.wished_role as wishedRole',
      'join_request.created_at as createdAt',
      sql<boolean>`join_request.reminders >= ${WITH_THE_TEAM}`.as('isEscalated'),
    ])
    .where('join_request.organisation_id', '=', page.organisation)
    .where('join_request.state', '=', 'pending')
    .$if(page.after !== null, (query) => query.where('join_request.id', '>', page.after ?? ''))
    .orderBy('join_request.id')
    .limit(page.most)
    .execute()
  return rows as WaitingAt[]
}

/**
 * Who leads and can answer: somebody suspended, or about to be erased, reads no letter, and the request
 * goes to those who stand next to them at once. Whoever has not come over from an old site can.
 */
export async function findWhoAnswers(
  db: Reader,
  organisation: string,
): Promise<{ readonly account: string } | undefined> {
  return await db
    .selectFrom('membership')
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select('membership.account_id as account')
    .where('membership.organisation_id', '=', organisation)
    .where('membership.role', '=', 'GESTIONNAIRE')
    .where('membership.state', '=', 'active')
    .where('account.state', 'not in', ['suspended', 'deletion_requested', 'deleted'])
    .executeTakeFirst()
}
