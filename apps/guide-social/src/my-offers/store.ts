import type { Db } from '@myanm/database'
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Day, Standing } from '#job-offers'
import type { Tables } from '../tables.ts'
import { type Shelf, shelfOf } from './shelf.ts'

/** An offer as its organisation's list shows it. */
export interface OwnOffer {
  readonly number: number
  readonly slug: string
  readonly title: string
  readonly organisationId: string
  readonly authorSub: string
  readonly version: number
  readonly standing: Standing
  readonly endsOn: Day | null
  readonly changedAt: Date
  readonly deletedAt: Date | null
}

interface Question {
  readonly organisationId: string
  readonly today: Day
  /** Before this, what was deleted is gone. */
  readonly recoverableSince: Date
}

const standing = (today: Day) =>
  sql<Standing>`case when state = 'published' and ends_on < ${today}::date then 'expired' else state::text end`

/** One page of an organisation's offers, the latest made first. */
export async function listOwn(
  db: Db<Tables>,
  question: Question & {
    /** Null: all that is not deleted. */
    readonly shelf: Shelf | null
    readonly below: number | null
    readonly most: number
  },
): Promise<readonly OwnOffer[]> {
  const { below, most, today, shelf } = question
  return db
    .selectFrom('job_offer')
    .select([
      'number',
      'slug',
      'title',
      'organisation_id as organisationId',
      'author_sub as authorSub',
      'version',
      'changed_at as changedAt',
      'deleted_at as deletedAt',
      standing(today).as('standing'),
      sql<Day | null>`ends_on::text`.as('endsOn'),
    ])
    .where((eb) => eb.and([...ofOrganisation(eb, question), ...onShelf(eb, shelf, today)]))
    .$if(below !== null, (query) => query.where('number', '<', below ?? 0))
    .orderBy('number', 'desc')
    .limit(most)
    .execute()
}

/** How many offers stand on each shelf. */
export async function countOwn(
  db: Db<Tables>,
  question: Question,
): Promise<ReadonlyMap<Shelf, number>> {
  const rows = await db
    .selectFrom('job_offer')
    .select(({ fn }) => [
      standing(question.today).as('standing'),
      fn.countAll<number>().as('count'),
    ])
    .where((eb) => eb.and(ofOrganisation(eb, question)))
    .groupBy('standing')
    .execute()
  const counts = new Map<Shelf, number>()
  for (const { standing, count } of rows) {
    const shelf = shelfOf(standing)
    counts.set(shelf, (counts.get(shelf) ?? 0) + count)
  }
  return counts
}

type Eb = ExpressionBuilder<Tables, 'job_offer'>

function ofOrganisation(eb: Eb, question: Question): Expression<SqlBool>[] {
  return [
    eb('organisation_id', '=', question.organisationId),
    eb.or([eb('state', '<>', 'deleted'), eb('deleted_at', '>=', question.recoverableSince)]),
  ]
}

function onShelf(eb: Eb, shelf: Shelf | null, today: Day): Expression<SqlBool>[] {
  switch (shelf) {
    case null:
      return [eb('state', '<>', 'deleted')]
    case 'en-ligne':
      return [eb('state', '=', 'published'), sql<SqlBool>`ends_on >= ${today}::date`]
    case 'brouillons':
      return [eb('state', '=', 'draft')]
    case 'terminees':
      return [
        sql<SqlBool>`(state = 'withdrawn' or (state = 'published' and ends_on < ${today}::date))`,
      ]
    case 'supprimees':
      return [eb('state', '=', 'deleted')]
  }
}
