import type { Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Chunk, Merged } from './staging-store.ts'

// Units are taken over after the enterprises they belong to, in the same transaction: those of natural
// persons are left, and the table refuses them too.

const named = sql`
  named as (
    select number, jsonb_object_agg(language, name order by kind = 'name', name) as names
    from register_staged_name where number in (select number from chunk) group by number
  ),
  placed as (
    select distinct on (number) number, seat as address
    from register_staged_seat where number in (select number from chunk) order by number, seat
  )`

/** Writes only what is otherwise than before. */
const keep = sql`
  kept as (
    insert into register_unit as u (number, enterprise, since, names, address, ended_on)
    select told.number, told.enterprise, told.since, told.names, told.address, told.ended_on
    from told join register_enterprise e on e.number = told.enterprise and e.type = 'legal'
    on conflict (number) do update set
      enterprise = excluded.enterprise, since = excluded.since, names = excluded.names,
      address = excluded.address,
      ended_on = case when excluded.ended_on is not null
        then coalesce(u.ended_on, excluded.ended_on) end
    where (u.enterprise, u.since, u.names, u.address, u.ended_on is null)
      is distinct from (excluded.enterprise, excluded.since, excluded.names, excluded.address,
        excluded.ended_on is null)
    returning xmax = 0 as is_new
  )
  select
    (select max(number) from chunk) as after,
    count(*) filter (where is_new) as added,
    count(*) filter (where not is_new) as changed
  from kept`

/** The next units of a full file, as they are from now on. */
export async function mergeUnitsOfFull(tx: Tx<Tables>, chunk: Chunk): Promise<Merged> {
  const { rows } = await sql<Merged>`
    with chunk as (
      select * from register_staged_unit where number > ${chunk.after}
      order by number limit ${chunk.most}
    ), ${named},
    told as (
      select chunk.number, chunk.enterprise, chunk.since, coalesce(named.names, '{}') as names,
        placed.address, null::date as ended_on
      from chunk left join named using (number) left join placed using (number)
    ), ${keep}`.execute(tx)
  return rows[0] ?? { after: null, added: 0, changed: 0 }
}

/**
 * The next units an update tells something about. What it does not name stays as it is; a unit it takes
 * away has ended, and keeps its name and place for whoever chose it.
 */
export async function mergeUnitsOfUpdate(tx: Tx<Tables>, chunk: Chunk): Promise<Merged> {
  const { rows } = await sql<Merged>`
    with chunk as (
      select number from (
        select number from register_staged_unit
        union select number from register_staged_name
        union select number from register_staged_seat
        union select number from register_staged_removal
      ) as touched
      where number > ${chunk.after} and number >= '2' order by number limit ${chunk.most}
    ), ${named},
    gone as (
      select number,
        bool_or(what = 'unit') as unit, bool_or(what = 'name') as names,
        bool_or(what = 'seat') as address
      from register_staged_removal where number in (select number from chunk) group by number
    ),
    told as (
      select chunk.number, coalesce(s.enterprise, u.enterprise) as enterprise,
        case when s.number is null then u.since else s.since end as since,
        case when ends then u.names
          when named.number is null and gone.names is not true then coalesce(u.names, '{}')
          else coalesce(named.names, '{}') end as names,
        case when ends then u.address
          when placed.number is null and gone.address is not true then u.address
          else placed.address end as address,
        case when ends then ${chunk.snapshotOn}::date
          when s.number is null then u.ended_on end as ended_on
      from chunk
      left join register_unit u using (number) left join register_staged_unit s using (number)
      left join named using (number) left join placed using (number) left join gone using (number)
      cross join lateral (select gone.unit is true and s.number is null as ends) as ending
      where coalesce(s.enterprise, u.enterprise) is not null
    ), ${keep}`.execute(tx)
  return rows[0] ?? { after: null, added: 0, changed: 0 }
}

/** What is not in a full file any more has ended. @returns how many */
export async function endMissingUnits(tx: Tx<Tables>, snapshotOn: string): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('register_unit')
    .set({ ended_on: snapshotOn })
    .where('ended_on', 'is', null)
    .where(
      sql<boolean>`not exists (select from register_staged_unit s
        where s.number = register_unit.number)`,
    )
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}
