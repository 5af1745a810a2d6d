import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** Which organisation it is: what its people cannot change themselves (M39). */
export interface Identity {
  readonly bce: string
  readonly legalForm: string | null
  readonly nonprofit: boolean
  readonly isPublic: boolean
}

export async function getIdentity(
  db: Db<Tables> | Tx<Tables>,
  organisation: string,
): Promise<Identity> {
  const row = await db
    .selectFrom('organisation')
    .select(['bce', 'legal_form as legalForm', 'nonprofit', 'is_public as isPublic'])
    .where('id', '=', organisation)
    .executeTakeFirstOrThrow()
  return row as Identity
}

/**
 * Corrects which organisation it is. The caller holds the lock. Sites, and requests that waited under the
 * new number, hear of it by the database.
 * @returns false when it has been changed since it was shown
 * @throws a unique violation on `organisation_bce_key` when the number is another's
 */
export async function saveIdentity(
  tx: Tx<Tables>,
  correction: Identity & { readonly organisation: string; readonly version: number },
): Promise<boolean> {
  const { organisation, version, bce, legalForm, nonprofit, isPublic } = correction
  const { numUpdatedRows } = await tx
    .updateTable('organisation')
    .set({
      ...{ bce, nonprofit, legal_form: legalForm, is_public: isPublic },
      version: sql<number>`version + 1`,
    })
    .where('id', '=', organisation)
    .where('version', '=', version)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/**
 * The legal form the register has now, which its GESTIONNAIRE takes over (4.5). The caller holds the lock.
 * Whether it is marchand is not touched: that is the team's to correct (M39).
 */
export async function saveLegalForm(
  tx: Tx<Tables>,
  given: { readonly organisation: string; readonly legalForm: string | null },
): Promise<void> {
  await tx
    .updateTable('organisation')
    .set({ legal_form: given.legalForm, version: sql<number>`version + 1` })
    .where('id', '=', given.organisation)
    .execute()
}
