import type { Db } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { inLanguage, type RegisterSeat, type Seat, seatIn, type Texts } from './rules.ts'

/** A place where an enterprise works, as the register tells of it. */
export interface Unit {
  readonly number: string
  readonly name: string | null
  readonly address: Seat | null
  /** `2026-11-15`; null while it is there. */
  readonly endedOn: string | null
}

/**
 * The units of an enterprise that are there, and those of these numbers even when they have ended or are
 * another's by now. By number, as the register gave them out.
 *
 * @param asked.after the number of the last of the page before
 */
export async function listUnits(
  db: Db<Tables>,
  asked: {
    readonly enterprise: string | null
    readonly alsoThese: readonly string[]
    readonly after: string
    readonly most: number
    readonly language: string
  },
): Promise<Unit[]> {
  const { enterprise, alsoThese, after, most, language } = asked
  const rows = await db
    .selectFrom('register_unit')
    .select(['number', 'names', 'address', sql<string | null>`ended_on::text`.as('endedOn')])
    .where((row) =>
      row.or([
        row.and([row('enterprise', '=', enterprise), row('ended_on', 'is', null)]),
        row('number', '=', sql<string>`any(${alsoThese}::char(10)[])`),
      ]),
    )
    .where('number', '>', after)
    .orderBy('number')
    .limit(most)
    .execute()
  return rows.map(({ number, names, address, endedOn }) => ({
    number,
    name: inLanguage(names as unknown as Texts, language),
    address: seatIn(address as unknown as RegisterSeat | null, language),
    endedOn,
  }))
}

/** Whose unit this is, and whether it still is. */
export async function findUnit(
  db: Db<Tables>,
  number: string,
): Promise<{ readonly enterprise: string; readonly endedOn: string | null } | undefined> {
  return await db
    .selectFrom('register_unit')
    .select(['enterprise', sql<string | null>`ended_on::text`.as('endedOn')])
    .where('number', '=', number)
    .executeTakeFirst()
}
