import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import { record } from '#journal'
import type { Tables } from '../tables.ts'

/** What the team of the ANM is shown of organisations: those to look at, and those that have ceased. */

const FIRST = '00000000-0000-0000-0000-000000000000'

export interface ToCheck {
  readonly id: string
  readonly name: string
  readonly bce: string | null
  readonly legalForm: string | null
  readonly registeredAt: Date
  /** What the register calls it in French; null when it does not know the number. */
  readonly registerName: string | null
}

/** Organisations nobody of the team has looked at yet (D13), the oldest first, by key. */
export async function listToCheck(
  db: Db<Tables>,
  page: { readonly after: string | null; readonly most: number },
): Promise<ToCheck[]> {
  return await db
    .selectFrom('organisation')
    .leftJoin('register_enterprise as enterprise', 'enterprise.number', 'organisation.bce')
    .select([
      'organisation.id',
      'organisation.name',
      'organisation.bce',
      'organisation.legal_form as legalForm',
      'organisation.created_at as registeredAt',
      sql<string | null>`coalesce(enterprise.names->>'fr', enterprise.names->>'nl',
        enterprise.names->>'de', enterprise.names->>'und')`.as('registerName'),
    ])
    .where('organisation.to_check', '=', true)
    .where('organisation.state', '<>', 'closed')
    .where('organisation.id', '>', page.after ?? FIRST)
    .orderBy('organisation.id')
    .limit(page.most)
    .execute()
}

/** @returns false when somebody of the team was first */
export async function markChecked(
  tx: Tx<Tables>,
  checked: { readonly organisation: string; readonly by: string },
): Promise<boolean> {
  const { organisation, by } = checked
  const { numUpdatedRows } = await tx
    .updateTable('organisation')
    .set({ to_check: false })
    .where('id', '=', organisation)
    .where('to_check', '=', true)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) return false
  await record(tx, { event: 'organisation-checked', organisation, by })
  return true
}

export interface Ceased {
  readonly id: string
  readonly name: string
  readonly bce: string | null
  /** `2026-11-15` */
  readonly ceasedOn: string
  /** What its GESTIONNAIRE says to it: nothing yet, that it is so, that it is a mistake. */
  readonly answer: 'pending' | 'applied' | 'set-aside' | null
}

/** Open organisations the register does not have as active any more (4.5), by key. */
export async function listCeased(
  db: Db<Tables>,
  page: { readonly after: string | null; readonly most: number },
): Promise<Ceased[]> {
  const rows = await db
    .selectFrom('organisation')
    .innerJoin('register_enterprise as enterprise', 'enterprise.number', 'organisation.bce')
    .select([
      'organisation.id',
      'organisation.name',
      'organisation.bce',
      sql<string>`enterprise.ceased_on::text`.as('ceasedOn'),
      sql<Ceased['answer']>`(select state from register_change change
        where change.organisation_id = organisation.id and what = 'ceased'
          and state <> 'superseded' order by change.id desc limit 1)`.as('answer'),
    ])
    .where('enterprise.ceased_on', 'is not', null)
    .where('organisation.state', '<>', 'closed')
    .where('organisation.id', '>', page.after ?? FIRST)
    .orderBy('organisation.id')
    .limit(page.most)
    .execute()
  return rows
}
