import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { StagedEnterprise, StagedName, StagedSeat, StagedUnit } from './rules.ts'

/** Two imports at once would read into each other's tables. Held by the connection. */
export async function takeTurn(db: Db<Tables>): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select pg_try_advisory_lock(727718) as taken`.execute(db)
  return rows[0]?.taken ?? false
}

export async function giveTurnBack(db: Db<Tables>): Promise<void> {
  await sql`select pg_advisory_unlock(727718)`.execute(db)
}

export async function clearStaging(db: Db<Tables>): Promise<void> {
  await sql`truncate register_staged_enterprise, register_staged_unit, register_staged_name,
    register_staged_seat, register_staged_removal`.execute(db)
}

/** Once it is known how much there is of everything, the database plans with it. */
export async function analyseStaging(db: Db<Tables>): Promise<void> {
  await sql`analyze register_staged_enterprise`.execute(db)
  await sql`analyze register_staged_unit`.execute(db)
  await sql`analyze register_staged_name`.execute(db)
  await sql`analyze register_staged_seat`.execute(db)
  await sql`analyze register_staged_removal`.execute(db)
}

/**
 * Batches travel as one text: arrays of values would be written out element by element, which took four
 * fifths of the time of an import.
 */
const batch = (rows: readonly unknown[]) => sql`json_to_recordset(${JSON.stringify(rows)}::json)`

/** A number that is there twice is taken once. */
export async function stageEnterprises(
  db: Db<Tables>,
  rows: readonly StagedEnterprise[],
): Promise<void> {
  await sql`
    insert into register_staged_enterprise (number, type, legal_form, situation, is_active, since)
    select number, type, "legalForm", situation, "isActive", since
    from ${batch(rows)} as given (number text, type text, "legalForm" text, situation text,
      "isActive" boolean, since date)
    on conflict do nothing`.execute(db)
}

export async function stageUnits(db: Db<Tables>, rows: readonly StagedUnit[]): Promise<void> {
  await sql`
    insert into register_staged_unit (number, enterprise, since)
    select * from ${batch(rows)} as given (number text, enterprise text, since date)
    on conflict do nothing`.execute(db)
}

export async function stageNames(db: Db<Tables>, rows: readonly StagedName[]): Promise<void> {
  await sql`
    insert into register_staged_name (number, kind, language, name)
    select * from ${batch(rows)} as given (number text, kind text, language text, name text)`.execute(
    db,
  )
}

export async function stageSeats(db: Db<Tables>, rows: readonly StagedSeat[]): Promise<void> {
  await sql`
    insert into register_staged_seat (number, seat)
    select * from ${batch(rows)} as given (number text, seat jsonb)`.execute(db)
}

export async function stageRemovals(
  db: Db<Tables>,
  what: 'enterprise' | 'unit' | 'name' | 'seat',
  numbers: readonly string[],
): Promise<void> {
  await sql`
    insert into register_staged_removal (number, what)
    select number, ${what} from json_array_elements_text(${JSON.stringify(numbers)}::json)
      as given (number)
    on conflict do nothing`.execute(db)
}

/** How many active enterprises the file has. */
export async function countStaged(db: Db<Tables>): Promise<number> {
  const { rows } = await sql<{ active: number }>`
    select count(*) as active from register_staged_enterprise where is_active`.execute(db)
  return rows[0]?.active ?? 0
}

export interface Merged {
  /** Where to go on from; null when nothing is left. */
  readonly after: string | null
  readonly added: number
  readonly changed: number
}

const rowCount = sql`
  select
    (select max(number) from chunk) as after,
    count(*) filter (where is_new) as added,
    count(*) filter (where not is_new) as changed
  from kept`

/** Writes only what is otherwise than before: the same file again writes nothing. */
const keep = sql`
  kept as (
    insert into register_enterprise as e
      (number, type, legal_form, situation, since, names, acronyms, seat, ceased_on)
    select number, type, legal_form, situation, since,
      case type when 'legal' then names else '{}' end,
      case type when 'legal' then acronyms else '{}' end,
      case type when 'legal' then seat end,
      ceased_on
    from told
    on conflict (number) do update set
      type = excluded.type, legal_form = excluded.legal_form, situation = excluded.situation,
      since = excluded.since, names = excluded.names, acronyms = excluded.acronyms,
      seat = excluded.seat,
      ceased_on = case when excluded.ceased_on is not null
        then coalesce(e.ceased_on, excluded.ceased_on) end
    where (e.type, e.legal_form, e.situation, e.since, e.names, e.acronyms, e.seat,
        e.ceased_on is null)
      is distinct from (excluded.type, excluded.legal_form, excluded.situation, excluded.since,
        excluded.names, excluded.acronyms, excluded.seat, excluded.ceased_on is null)
    returning xmax = 0 as is_new
  )`

/** Numbers of units come after those of enterprises. */
const FIRST_UNIT = '2'

const named = sql`
  named as (
    select number,
      coalesce(jsonb_object_agg(language, name order by name) filter (where kind = 'name'),
        '{}') as names,
      coalesce(jsonb_object_agg(language, name order by name) filter (where kind = 'acronym'),
        '{}') as acronyms
    from register_staged_name where number in (select number from chunk) group by number
  ),
  seated as (
    select distinct on (number) number, seat
    from register_staged_seat where number in (select number from chunk) order by number, seat
  )`

export type Chunk = { readonly after: string; readonly most: number; readonly snapshotOn: string }

/** The next enterprises of a full file, as they are from now on. */
export async function mergeFull(tx: Tx<Tables>, chunk: Chunk): Promise<Merged> {
  const { rows } = await sql<Merged>`
    with chunk as (
      select * from register_staged_enterprise where number > ${chunk.after}
      order by number limit ${chunk.most}
    ), ${named},
    told as (
      select chunk.number, chunk.type, chunk.legal_form, chunk.situation, chunk.since,
        coalesce(named.names, '{}') as names, coalesce(named.acronyms, '{}') as acronyms,
        seated.seat, case when not chunk.is_active then ${chunk.snapshotOn}::date end as ceased_on
      from chunk left join named using (number) left join seated using (number)
    ), ${keep} ${rowCount}`.execute(tx)
  return rows[0] ?? { after: null, added: 0, changed: 0 }
}

/**
 * The next enterprises an update tells something about. What it does not name stays as it is; an
 * enterprise it takes away has ceased, and keeps its name for whoever asks.
 */
export async function mergeUpdate(tx: Tx<Tables>, chunk: Chunk): Promise<Merged> {
  const { rows } = await sql<Merged>`
    with chunk as (
      select number from (
        select number from register_staged_enterprise
        union select number from register_staged_name
        union select number from register_staged_seat
        union select number from register_staged_removal
      ) as touched
      where number > ${chunk.after} and number < ${FIRST_UNIT} order by number limit ${chunk.most}
    ), ${named},
    gone as (
      select number,
        bool_or(what = 'enterprise') as enterprise, bool_or(what = 'name') as names,
        bool_or(what = 'seat') as seat
      from register_staged_removal where number in (select number from chunk) group by number
    ),
    told as (
      select chunk.number, coalesce(s.type, e.type) as type,
        case when s.number is null then e.legal_form else s.legal_form end as legal_form,
        case when s.number is null then e.situation else s.situation end as situation,
        case when s.number is null then e.since else s.since end as since,
        case when ends then e.names
          when named.number is null and gone.names is not true then coalesce(e.names, '{}')
          else coalesce(named.names, '{}') end as names,
        case when ends then e.acronyms
          when named.number is null and gone.names is not true then coalesce(e.acronyms, '{}')
          else coalesce(named.acronyms, '{}') end as acronyms,
        case when ends then e.seat
          when seated.number is null and gone.seat is not true then e.seat
          else seated.seat end as seat,
        case when ends or not s.is_active then ${chunk.snapshotOn}::date
          when s.number is null then e.ceased_on end as ceased_on
      from chunk
      left join register_enterprise e using (number)
      left join register_staged_enterprise s using (number)
      left join named using (number) left join seated using (number) left join gone using (number)
      cross join lateral (select gone.enterprise is true and s.number is null as ends) as ending
      where coalesce(s.type, e.type) is not null
    ), ${keep} ${rowCount}`.execute(tx)
  return rows[0] ?? { after: null, added: 0, changed: 0 }
}

/** Who is not in a full file any more has ceased. @returns how many */
export async function endMissing(tx: Tx<Tables>, snapshotOn: string): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('register_enterprise')
    .set({ ceased_on: snapshotOn })
    .where('ceased_on', 'is', null)
    .where(
      sql<boolean>`not exists (select from register_staged_enterprise s
        where s.number = register_enterprise.number)`,
    )
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

/** The index of names takes new ones in heaps, which slow down who looks for a name until they are sorted in. */
export async function settleNames(db: Db<Tables>): Promise<void> {
  await sql`vacuum (analyze) register_enterprise`.execute(db)
  await sql`analyze register_unit`.execute(db)
}
