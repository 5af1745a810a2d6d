import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** Somebody's wish to lead what nobody leads, and who they are. */
export interface Rescue {
  readonly id: string
  readonly organisation: string
  readonly account: string
  readonly reason: string
  readonly askedAt: Date
  readonly until: Date
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
}

/** The one that is open. */
export async function findRescue(
  db: Db<Tables>,
  organisation: string,
): Promise<Rescue | undefined> {
  return db
    .selectFrom('rescue')
    .innerJoin('account', 'account.id', 'rescue.account_id')
    .select([
      'rescue.id',
      'rescue.organisation_id as organisation',
      'rescue.account_id as account',
      'rescue.reason',
      'rescue.asked_at as askedAt',
      'rescue.objections_until as until',
      'account.given_name',
      'account.family_name',
      'account.email',
    ])
    .where('rescue.organisation_id', '=', organisation)
    .where('rescue.state', '=', 'open')
    .executeTakeFirst()
}

/**
 * @throws a unique violation on `rescue_one_open`; a check violation on `rescue_by_responsable_of_vacant`
 */
export async function saveRescue(
  tx: Tx<Tables>,
  rescue: {
    readonly organisation: string
    readonly membership: string
    readonly account: string
    readonly reason: string
    readonly until: Date
  },
): Promise<void> {
  await tx
    .insertInto('rescue')
    .values({
      organisation_id: rescue.organisation,
      membership_id: rescue.membership,
      account_id: rescue.account,
      reason: rescue.reason,
      objections_until: rescue.until,
      settled_at: null,
    })
    .execute()
}

/** @returns false when it was settled otherwise */
export async function settleRescue(
  tx: Tx<Tables>,
  rescue: string,
  end: {
    readonly state: 'confirmed' | 'refused' | 'withdrawn'
    /** Of the team, where it decided. */
    readonly by: string | null
  },
): Promise<boolean> {
  const row = await tx
    .updateTable('rescue')
    .set({ state: end.state, settled_at: sql<Date>`now()`, decided_by: end.by })
    .where('id', '=', rescue)
    .where('state', '=', 'open')
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** @returns false when this person has objected already */
export async function saveObjection(
  tx: Tx<Tables>,
  objection: { readonly rescue: string; readonly account: string; readonly reason: string },
): Promise<boolean> {
  const row = await tx
    .insertInto('rescue_objection')
    .values({
      rescue_id: objection.rescue,
      account_id: objection.account,
      reason: objection.reason,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('rescue_id')
    .executeTakeFirst()
  return row !== undefined
}

export interface Objection {
  readonly account: string
  readonly reason: string
  readonly at: Date
  readonly given_name: string | null
  readonly family_name: string | null
}

/** Why others do not agree: for the team to read, and for nobody of the organisation. */
export function listObjections(db: Db<Tables>, rescue: string): Promise<Objection[]> {
  return db
    .selectFrom('rescue_objection')
    .innerJoin('account', 'account.id', 'rescue_objection.account_id')
    .select([
      'account.id as account',
      'rescue_objection.reason',
      'rescue_objection.at',
      'account.given_name',
      'account.family_name',
    ])
    .where('rescue_id', '=', rescue)
    .orderBy('rescue_objection.at')
    .execute()
}
