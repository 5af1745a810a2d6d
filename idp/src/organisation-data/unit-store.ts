import type { Db, Tx } from '@myanm/database'
import type { Tables } from '../tables.ts'

/** The units an organisation has chosen: number → what it calls it, null where it has no name of its own. */
export async function findChosenUnits(
  db: Db<Tables> | Tx<Tables>,
  organisation: string,
): Promise<ReadonlyMap<string, string | null>> {
  const rows = await db
    .selectFrom('organisation_unit')
    .select(['number', 'short_name'])
    .where('organisation_id', '=', organisation)
    .orderBy('number')
    .execute()
  return new Map(rows.map(({ number, short_name: name }) => [number, name]))
}

export async function saveUnit(
  tx: Tx<Tables>,
  chosen: {
    readonly organisation: string
    readonly number: string
    readonly shortName: string | null
  },
): Promise<void> {
  const { organisation: organisation_id, number, shortName: short_name } = chosen
  await tx
    .insertInto('organisation_unit')
    .values({ organisation_id, number, short_name })
    .onConflict((conflict) =>
      conflict.columns(['organisation_id', 'number']).doUpdateSet({ short_name }),
    )
    .execute()
}

export async function removeUnit(
  tx: Tx<Tables>,
  left: { readonly organisation: string; readonly number: string },
): Promise<void> {
  await tx
    .deleteFrom('organisation_unit')
    .where('organisation_id', '=', left.organisation)
    .where('number', '=', left.number)
    .execute()
}
