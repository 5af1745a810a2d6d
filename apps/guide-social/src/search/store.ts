import type { Db } from '@myanm/database'
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Contract, Day, OfferFacts } from '#job-offers'
import type { Tables } from '../tables.ts'
import type { Filter } from './filter.ts'
import type { Position } from './position.ts'

/** An offer as the list shows it. */
export interface ListedOffer extends OfferFacts {
  readonly number: number
  readonly slug: string
  readonly title: string
  readonly organisationName: string
  readonly publishedAt: Date
}

interface Question {
  readonly filter: Filter
  readonly today: Day
}

/** One page of what is online, the newest first. */
export async function listOnline(
  db: Db<Tables>,
  question: Question & { readonly after: Position | null; readonly most: number },
): Promise<readonly ListedOffer[]> {
  const { after, most } = question
  let query = db
    .selectFrom('job_offer')
    .select([
      'number',
      'slug',
      'title',
      'organisation_name as organisationName',
      'published_at as publishedAt',
      'locality',
      'contract',
      'contract_length as contractLength',
      'regime',
      'weekly_minutes as weeklyMinutes',
      'posts',
      'joint_committee as jointCommittee',
      'pay_scale as payScale',
      'pay_min as payMin',
      'pay_max as payMax',
      'pay_per as payPer',
      'pay_told_before_interview as payToldBeforeInterview',
      sql<Day | null>`ends_on::text`.as('endsOn'),
    ])
    .where((eb) => eb.and(isOnline(eb, question)))
    .orderBy('published_at', 'desc')
    .orderBy('number', 'desc')
    .limit(most)
  if (after) {
    query = query.where(
      sql<SqlBool>`(published_at, number) < (${after.publishedAt}, ${after.number})`,
    )
  }
  // The checks of the table hold the closed lists, and give every published offer its date.
  return (await query.execute()) as readonly ListedOffer[]
}

/** How many offers are online for each contract, whatever contract is looked for. */
export async function countOnline(
  db: Db<Tables>,
  question: Question,
): Promise<ReadonlyMap<Contract, number>> {
  const filter = { ...question.filter, contract: null }
  const rows = await db
    .selectFrom('job_offer')
    .select(({ fn }) => ['contract', fn.countAll<number>().as('count')])
    .where((eb) => eb.and(isOnline(eb, { ...question, filter })))
    .groupBy('contract')
    .execute()
  return new Map(rows.map(({ contract, count }) => [contract as Contract, count]))
}

function isOnline(
  eb: ExpressionBuilder<Tables, 'job_offer'>,
  { filter, today }: Question,
): Expression<SqlBool>[] {
  const { words, place, contract } = filter
  const conditions: Expression<SqlBool>[] = [
    eb('state', '=', 'published'),
    sql<SqlBool>`ends_on >= ${today}`,
  ]
  if (words) conditions.push(sql<SqlBool>`search @@ to_tsquery('simple', ${words})`)
  if (contract) conditions.push(eb('contract', '=', contract))
  // Folded text has letters, digits and spaces only: nothing that `like` would read as a pattern.
  if (place && 'postcode' in place) conditions.push(eb('postcode', 'like', `${place.postcode}%`))
  if (place && 'locality' in place) {
    conditions.push(eb('locality_key', 'like', `${place.locality}%`))
  }
  return conditions
}
