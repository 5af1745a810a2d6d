import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** A transfer, with the two accounts it is between. */
export interface Transfer {
  readonly id: string
  readonly organisation: string
  readonly state: 'proposed' | 'accepted' | 'refused' | 'cancelled' | 'expired' | 'undone'
  readonly from: string
  /** The membership that led: not one somebody was given after it ended. */
  readonly fromMembership: string
  readonly to: string
  readonly proposedAt: Date
  readonly expiresAt: Date
  readonly settledAt: Date | null
  readonly undoUntil: Date | null
}

const described = (db: Db<Tables>) =>
  db
    .selectFrom('manager_transfer')
    .innerJoin('membership as f', 'f.id', 'manager_transfer.from_membership')
    .innerJoin('membership as t', 't.id', 'manager_transfer.to_membership')
    .select([
      'manager_transfer.id',
      'manager_transfer.organisation_id as organisation',
      'manager_transfer.state',
      'f.account_id as from',
      'f.id as fromMembership',
      't.account_id as to',
      'manager_transfer.proposed_at as proposedAt',
      'manager_transfer.expires_at as expiresAt',
      'manager_transfer.settled_at as settledAt',
      'manager_transfer.undo_until as undoUntil',
    ])

/** The one that waits for an answer. */
export async function findProposed(
  db: Db<Tables>,
  organisation: string,
): Promise<Transfer | undefined> {
  const row = await described(db)
    .where('manager_transfer.organisation_id', '=', organisation)
    .where('manager_transfer.state', '=', 'proposed')
    .executeTakeFirst()
  return row as Transfer | undefined
}

/** The last one that was accepted, undone meanwhile or not. */
export async function findLatestAccepted(
  db: Db<Tables>,
  organisation: string,
): Promise<Transfer | undefined> {
  const row = await described(db)
    .where('manager_transfer.organisation_id', '=', organisation)
    .where('manager_transfer.state', 'in', ['accepted', 'undone'])
    .orderBy('manager_transfer.settled_at', 'desc')
    .orderBy('manager_transfer.id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row as Transfer | undefined
}

/**
 * @throws a unique violation on `manager_transfer_one_open` (E18), a check violation on
 *   `manager_transfer_from_manager_to_responsable` (E17)
 */
export async function saveProposal(
  tx: Tx<Tables>,
  proposal: {
    readonly organisation: string
    readonly fromMembership: string
    readonly toMembership: string
  },
): Promise<string> {
  const { id } = await tx
    .insertInto('manager_transfer')
    .values({
      organisation_id: proposal.organisation,
      from_membership: proposal.fromMembership,
      to_membership: proposal.toMembership,
      settled_at: null,
      undo_until: null,
      undone_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/**
 * Ends a proposal.
 * @param end.by null for what ended with time
 * @returns false when it has ended otherwise
 */
export async function settle(
  tx: Tx<Tables>,
  transfer: string,
  end: {
    readonly state: 'accepted' | 'refused' | 'cancelled' | 'expired'
    readonly by: string | null
    readonly undoUntil?: Date
  },
): Promise<boolean> {
  const row = await tx
    .updateTable('manager_transfer')
    .set({
      state: end.state,
      settled_at: sql<Date>`now()`,
      settled_by: end.by,
      undo_until: end.undoUntil ?? null,
    })
    .where('id', '=', transfer)
    .where('state', '=', 'proposed')
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** @returns false when it is undone already */
export async function markUndone(tx: Tx<Tables>, transfer: string, by: string): Promise<boolean> {
  const row = await tx
    .updateTable('manager_transfer')
    .set({ state: 'undone', undone_at: sql<Date>`now()`, undone_by: by })
    .where('id', '=', transfer)
    .where('state', '=', 'accepted')
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Organisations whose proposal nobody answered in time. */
export async function listOverdue(db: Db<Tables>, now: Date): Promise<string[]> {
  const rows = await db
    .selectFrom('manager_transfer')
    .select('organisation_id')
    .where('state', '=', 'proposed')
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(100)
    .execute()
  return rows.map(({ organisation_id }) => organisation_id)
}

/**
 * Proposals that ended by themselves and of which nobody has been told, taken so that nobody else does;
 * a few at a time.
 */
export async function takeUntold(
  tx: Tx<Tables>,
  most: number,
): Promise<{ readonly organisation: string; readonly from: string; readonly to: string }[]> {
  const { rows } = await sql<{ organisation: string; from: string; to: string }>`
    with taken as (
      select id from manager_transfer
        where state = 'cancelled' and settled_by is null and not told
        order by settled_at limit ${most} for update skip locked
    ), told as (
      update manager_transfer set told = true where id in (select id from taken)
        returning organisation_id, from_membership, to_membership
    )
    select told.organisation_id as organisation, f.account_id as "from", t.account_id as "to"
      from told
      join membership f on f.id = told.from_membership
      join membership t on t.id = told.to_membership`.execute(tx)
  return rows
}

/** Somebody who answers for an organisation. */
export interface Answerable {
  readonly account: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
  readonly role: 'RESPONSABLE' | 'GESTIONNAIRE'
}

/** The GESTIONNAIRE first, then the RESPONSABLES by name. */
export async function listAnswerable(db: Db<Tables>, organisation: string): Promise<Answerable[]> {
  const rows = await db
    .selectFrom('membership')
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select([
      'account.id as account',
      'account.given_name',
      'account.family_name',
      'account.email',
      'membership.role',
    ])
    .where('membership.organisation_id', '=', organisation)
    .where('membership.state', '=', 'active')
    .where('membership.role', 'in', ['RESPONSABLE', 'GESTIONNAIRE'])
    .orderBy('membership.role', 'desc')
    .orderBy('account.family_name')
    .orderBy('account.id')
    .execute()
  return rows as Answerable[]
}
