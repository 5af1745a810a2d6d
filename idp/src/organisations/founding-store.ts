import type { Tx } from '@myanm/database'
import { sql } from 'kysely'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import type { Founding } from './carry-over-store.ts'
import { admit } from './membership-store.ts'

/**
 * Somebody registers their organisation and is its GESTIONNAIRE, or nothing of it happens (4.2.3, D13).
 * The team looks at it later: it is « à vérifier ».
 *
 * Of two who register one number at once, the database lets one in; the other waits here until that is
 * settled.
 * @returns null when the number is in MyANM already
 */
export async function registerOrganisation(
  tx: Tx<Tables>,
  given: Founding & {
    readonly account: string
    readonly client: string | null
  },
): Promise<string | null> {
  const { account, client, bce, name, acronym, legalForm, nonprofit, isPublic } = given
  const made = await tx
    .insertInto('organisation')
    .values({
      ...{ kind: 'organisme', bce, name, acronym, nonprofit },
      ...{ legal_form: legalForm, is_public: isPublic, to_check: true, registered_by: account },
    })
    .onConflict((conflict) => conflict.column('bce').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!made) return null
  const organisation = made.id
  await record(tx, {
    event: 'organisation-registered',
    organisation,
    account,
    client: client ?? undefined,
    details: { because: 'registered' },
  })
  await admit(tx, {
    organisation,
    account,
    by: null,
    role: 'GESTIONNAIRE',
    because: 'registered',
  })
  return organisation
}

/**
 * What an organisation is called. Which it is (number, form, marchand or not) its people cannot change
 * (M39): the team does.
 * @param change.version of what they were shown (E40)
 * @returns false when somebody else was first: nothing is changed then
 */
export async function renameOrganisation(
  tx: Tx<Tables>,
  change: {
    readonly organisation: string
    readonly version: number
    readonly name: string
    readonly acronym: string | null
  },
): Promise<boolean> {
  const { organisation, version, name, acronym } = change
  const { numUpdatedRows } = await tx
    .updateTable('organisation')
    .set({ name, acronym, version: sql<number>`version + 1` })
    .where('id', '=', organisation)
    .where('version', '=', version)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Widens, or narrows again, what a role may do there (5.3, note 1). The caller holds the lock. */
export async function setOption(
  tx: Tx<Tables>,
  given: { readonly organisation: string; readonly option: string; readonly to: 'on' | 'off' },
): Promise<void> {
  const { organisation, option, to } = given
  await tx
    .updateTable('organisation')
    .set((row) => ({
      options:
        to === 'on'
          ? sql<string[]>`array_append(array_remove(${row.ref('options')}, ${option}), ${option})`
          : sql<string[]>`array_remove(${row.ref('options')}, ${option})`,
      version: sql<number>`version + 1`,
    }))
    .where('id', '=', organisation)
    .execute()
}
