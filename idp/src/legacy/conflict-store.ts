import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Conflict } from './rules.ts'

/** Something an import left to the team (M62). */
export interface LegacyConflict {
  readonly id: string
  readonly kind: Conflict
  readonly site: string
  readonly identifier: string
  readonly account: string
  /** As the file has them. */
  readonly bce: string | null
  readonly name: string | null
  /** As the register, or MyANM, calls that number. */
  readonly knownName: string | null
  readonly organisation: string | null
  readonly foundAt: Date
}

/**
 * The conflicts nobody has settled, in the order they were found. Paged by key.
 * @param page `after`: the last one of the page before; null for the first
 */
export async function listLegacyConflicts(
  db: Db<Tables>,
  page: { readonly after: string | null; readonly most: number },
): Promise<LegacyConflict[]> {
  const rows = await db
    .selectFrom('legacy_conflict')
    .select([
      ...(['id', 'kind', 'site', 'identifier', 'bce', 'name'] as const),
      'account_id as account',
      'known_name as knownName',
      'organisation_id as organisation',
      'found_at as foundAt',
    ])
    .where('settled_at', 'is', null)
    .$if(page.after !== null, (query) => query.where('id', '>', page.after ?? ''))
    .orderBy('id')
    .limit(page.most)
    .execute()
  return rows as LegacyConflict[]
}

export async function countLegacyConflicts(db: Db<Tables>): Promise<number> {
  const { conflicts } = await db
    .selectFrom('legacy_conflict')
    .select((row) => row.fn.countAll<number>().as('conflicts'))
    .where('settled_at', 'is', null)
    .executeTakeFirstOrThrow()
  return conflicts
}

/** One of the team has looked. It does not come back with the next file. @returns false when it was settled */
export async function settleLegacyConflict(
  tx: Tx<Tables>,
  given: { readonly id: string; readonly by: string },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('legacy_conflict')
    .set({ settled_at: sql<Date>`now()`, settled_by: given.by })
    .where('id', '=', given.id)
    .where('settled_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Keeps what the plan could not settle. What a line said before and says no more is forgotten, unless
 * the team has looked at it: that stays settled.
 */
export async function keepConflicts(db: Db<Tables>): Promise<void> {
  await sql`
    delete from legacy_conflict old using legacy_row row left join legacy_place place using (line)
      where row.site = old.site and row.identifier = old.identifier and old.settled_at is null
        and row.outcome in ('create', 'change', 'merge', 'unchanged', 'claimed')
        and place.outcome is distinct from 'here'
        and old.kind <> all(coalesce(place.conflicts, '{}'))`.execute(db)
  await sql`
    insert into legacy_conflict (site, identifier, account_id, kind, bce, name, known_name,
      organisation_id)
    select row.site, row.identifier, origin.account_id, conflict, place.bce, place.name,
        coalesce(here.name, case when known.register = 'found' then known.name end), here.id
      from legacy_place place
      cross join unnest(place.conflicts) as conflict
      join legacy_row row using (line)
      join legacy_identity origin on origin.site = row.site and origin.identifier = row.identifier
      left join legacy_organisation known on known.bce = place.bce
      left join organisation here on here.bce = place.bce
      order by place.line
    on conflict (site, identifier, kind) do update set account_id = excluded.account_id,
      bce = excluded.bce, name = excluded.name, known_name = excluded.known_name,
      organisation_id = excluded.organisation_id
      where (legacy_conflict.bce, legacy_conflict.name, legacy_conflict.known_name,
          legacy_conflict.organisation_id)
        is distinct from (excluded.bce, excluded.name, excluded.known_name,
          excluded.organisation_id)`.execute(db)
}
