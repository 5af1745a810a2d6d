import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Turn } from './rules.ts'

export async function isMember(db: Db<Tables>, account: string): Promise<boolean> {
  const row = await db
    .selectFrom('staff_member')
    .select('account_id')
    .where('account_id', '=', account)
    .where('until', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

/** Locks accounts one after the other: two of the team who suspend each other do not wait in a circle. */
export async function lockInOrder(tx: Tx<Tables>, accounts: readonly string[]): Promise<void> {
  await tx
    .selectFrom('account')
    .select('id')
    .where('id', 'in', accounts)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

/**
 * Whether somebody is of the team, and not suspended, now and until this transaction ends: a suspension
 * that is committed first refuses it, one that comes later waits (ASVS 7.4.2).
 */
export async function holdMember(tx: Tx<Tables>, account: string): Promise<boolean> {
  const row = await tx
    .selectFrom('staff_member')
    .innerJoin('account', 'account.id', 'staff_member.account_id')
    .select('staff_member.account_id')
    .where('staff_member.account_id', '=', account)
    .where('staff_member.until', 'is', null)
    .where('account.state', '=', 'active')
    .forShare()
    .executeTakeFirst()
  return row !== undefined
}

export interface Member {
  readonly account_id: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
  readonly state: string
  readonly since: Date
}

export function listMembers(db: Db<Tables>): Promise<Member[]> {
  return db
    .selectFrom('staff_member')
    .innerJoin('account', 'account.id', 'staff_member.account_id')
    .select([
      'staff_member.account_id',
      'account.given_name',
      'account.family_name',
      'account.email',
      'account.state',
      'staff_member.since',
    ])
    .where('staff_member.until', 'is', null)
    .orderBy('staff_member.since')
    .execute()
}

/** Somebody who comes, or comes back. */
export async function saveMember(
  tx: Tx<Tables>,
  { account, invitedBy }: { readonly account: string; readonly invitedBy: string | null },
): Promise<void> {
  const values = { account_id: account, invited_by: invitedBy, until: null }
  await tx
    .insertInto('staff_member')
    .values(values)
    .onConflict((conflict) =>
      conflict.column('account_id').doUpdateSet({
        invited_by: invitedBy,
        since: sql<Date>`now()`,
        until: null,
      }),
    )
    .execute()
}

export async function endMember(tx: Tx<Tables>, account: string): Promise<boolean> {
  const row = await tx
    .updateTable('staff_member')
    .set({ until: sql<Date>`now()` })
    .where('account_id', '=', account)
    .where('until', 'is', null)
    .returning('account_id')
    .executeTakeFirst()
  return row !== undefined
}

/** Moves an account to a state, from the one it must be in. @returns false when it is in another */
export async function moveAccount(
  tx: Tx<Tables>,
  account: string,
  move: { readonly from: 'active' | 'suspended'; readonly to: 'active' | 'suspended' },
): Promise<boolean> {
  const row = await tx
    .updateTable('account')
    .set({ state: move.to })
    .where('id', '=', account)
    .where('state', '=', move.from)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export async function saveAction(
  tx: Tx<Tables>,
  action: {
    readonly action: 'suspend' | 'lift' | 'remind-login'
    readonly account: string
    readonly staff: string
    readonly reason: string
  },
): Promise<void> {
  await tx
    .insertInto('staff_action')
    .values({
      action: action.action,
      account_id: action.account,
      staff_id: action.staff,
      reason: action.reason,
    })
    .execute()
}

/** Each organisation that is now without a GESTIONNAIRE who can act waits for the team (6.1, M64). */
export async function openManagerTasks(tx: Tx<Tables>, account: string): Promise<void> {
  await sql`
    insert into staff_task (kind, account_id, organisation_id)
      select 'appoint-manager', account_id, organisation_id from membership
        where account_id = ${account} and state = 'active' and role = 'GESTIONNAIRE'
      on conflict do nothing`.execute(tx)
}

export async function closeManagerTasks(tx: Tx<Tables>, account: string): Promise<void> {
  await tx
    .updateTable('staff_task')
    .set({ state: 'closed', closed_at: sql<Date>`now()` })
    .where('account_id', '=', account)
    .where('kind', '=', 'appoint-manager')
    .where('state', '=', 'open')
    .execute()
}

export interface Task {
  readonly id: string
  readonly kind: 'appoint-manager' | 'close-organisation'
  readonly organisation_id: string
  readonly organisation: string
  readonly created_at: Date
}

/** What an organisation waits for from the team, the oldest first. Paged by key. */
export async function listTasks(db: Db<Tables>, page: Turn): Promise<Task[]> {
  const rows = await db
    .selectFrom('staff_task')
    .innerJoin('organisation', 'organisation.id', 'staff_task.organisation_id')
    .select([
      'staff_task.id',
      'staff_task.kind',
      'staff_task.organisation_id',
      'organisation.name as organisation',
      'staff_task.created_at',
    ])
    .where('staff_task.state', '=', 'open')
    .$if(page.after !== null, (query) => query.where('staff_task.id', '>', page.after ?? ''))
    .orderBy('staff_task.id')
    .limit(page.most)
    .execute()
  return rows as Task[]
}
