import type { Db } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Candidate } from './merge-rules.ts'

/** Pairs on one page, ceased ones first: what is settled makes room for the next. */
export const MOST_PAIRS = 50

/** One of two that look alike. */
export interface Alike extends Candidate {
  readonly id: string
  readonly name: string
  readonly bce: string | null
  readonly postcode: string | null
}

export interface Pair {
  readonly one: Alike
  readonly other: Alike
}

const side = (table: 'one' | 'other') => sql`json_build_object(
  'id', ${sql.ref(`${table}.id`)}, 'name', ${sql.ref(`${table}.name`)},
  'bce', ${sql.ref(`${table}.bce`)}, 'postcode', ${sql.ref(`${table}.postcode`)},
  'state', ${sql.ref(`${table}.state`)}, 'hasCeased', ${sql.ref(`${table}.ceased`)},
  'members', ${sql.ref(`${table}.members`)}, 'registeredAt', ${sql.ref(`${table}.created_at`)})`

/**
 * Open organisations of one kind that look like one: the same name, but for accents, capitals and
 * « ASBL », with the seat in the same place, or with no seat known, or where the register has one as
 * ceased and the other not; the same acronym, or the acronym of one the name of the other, with the seat
 * in the same place. Neither those found to be two, nor those a decision is open about.
 */
export async function listDuplicates(db: Db<Tables>): Promise<Pair[]> {
  const { rows } = await sql<Pair>`
    with known as (
      select o.id, o.kind, o.name, o.acronym, o.bce, o.state, o.members, o.created_at,
          e.seat ->> 'postcode' as postcode, e.ceased_on is not null as ceased
        from organisation o left join register_enterprise e on e.number = o.bce
        where o.state <> 'closed'
    ), called as (
      select known.*, organisation_name_key(name) as key, true as by_name from known
      union all
      select known.*, organisation_name_key(acronym), false from known where acronym is not null
    ), pairs as (
      select distinct on (one.id, other.id) ${side('one')} as one, ${side('other')} as other,
          one.ceased or other.ceased as has_ceased, one.name
        from called one join called other
          on other.kind = one.kind and other.key = one.key and one.id < other.id
        where one.key <> '' and case
          when one.by_name and other.by_name then one.ceased <> other.ceased
            or coalesce(one.postcode = other.postcode, true)
          else one.postcode = other.postcode
        end
        and not exists (
          select from organisation_distinct d where d.one_id = one.id and d.other_id = other.id
        )
        and not exists (
          select from organisation_measure m where m.state = 'proposed' and m.kind = 'merge'
            and m.organisation_id in (one.id, other.id) and m.other_id in (one.id, other.id)
        )
    )
    select one, other from pairs order by has_ceased desc, name, one ->> 'id', other ->> 'id'
      limit ${MOST_PAIRS}`.execute(db)
  const dated = (of: Alike) => ({ ...of, registeredAt: new Date(of.registeredAt) })
  return rows.map(({ one, other }) => ({ one: dated(one), other: dated(other) }))
}

/** Says once of two that they are two. */
export async function saveDistinct(
  db: Db<Tables>,
  given: { readonly pair: readonly [string, string]; readonly by: string; readonly reason: string },
): Promise<void> {
  const [one, other] = [...given.pair].sort()
  await db
    .insertInto('organisation_distinct')
    .values({ one_id: one ?? '', other_id: other ?? '', set_by: given.by, reason: given.reason })
    .onConflict((conflict) => conflict.columns(['one_id', 'other_id']).doNothing())
    .execute()
}
