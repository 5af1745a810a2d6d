import type { Db, Tx } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/**
 * What waits in an organisation: how many of each, for whoever may do something about it. What is past
 * its day waits for nobody, also before it is put away.
 */
export interface Waiting {
  readonly requests: number
  readonly invitations: number
  readonly reviews: number
  /** What the register announces, for the GESTIONNAIRE to decide on (4.5). */
  readonly changes: number
  /** A proposed hand-over: to the person who looks, by them, or between others. */
  readonly transfer: 'to-me' | 'by-me' | 'other' | null
}

export async function findWaiting(
  db: Db<Tables> | Tx<Tables>,
  of: { readonly organisation: string; readonly account: string },
): Promise<Waiting> {
  const { rows } = await sql<Waiting>`
    select
      (select count(*)::int from join_request
        where organisation_id = ${of.organisation}::uuid and state = 'pending'
          and expires_at > now()) as requests,
      (select count(*)::int from invitation
        where organisation_id = ${of.organisation}::uuid and state = 'pending'
          and expires_at > now()) as invitations,
      (select count(*)::int from member_review
        where organisation_id = ${of.organisation}::uuid and closed_at is null) as reviews,
      (select count(*)::int from register_change
        where organisation_id = ${of.organisation}::uuid and state = 'pending') as changes,
      (select case when t.account_id = ${of.account}::uuid then 'to-me'
          when f.account_id = ${of.account}::uuid then 'by-me' else 'other' end
        from manager_transfer mt
          join membership f on f.id = mt.from_membership
          join membership t on t.id = mt.to_membership
        where mt.organisation_id = ${of.organisation}::uuid and mt.state = 'proposed'
          and mt.expires_at > now()) as transfer
  `.execute(db)
  const [row] = rows
  if (!row) throw new Error('A statement without a table answers one row')
  return row
}

/** What somebody who goes leaves behind: told before they are removed, and done with after. */
export interface LeftBehind {
  /** Invitations they sent that nobody has answered. */
  readonly invitations: number
  /** They ask for a higher role: that closes with their membership. */
  readonly asks: boolean
  /** The organisation is proposed to them: that is cancelled. */
  readonly isToLead: boolean
}

export async function findLeftBehind(
  db: Db<Tables>,
  of: { readonly organisation: string; readonly account: string },
): Promise<LeftBehind> {
  const { rows } = await sql<LeftBehind>`
    select
      (select count(*)::int from invitation
        where organisation_id = ${of.organisation}::uuid and invited_by = ${of.account}::uuid
          and state = 'pending') as invitations,
      exists (select from join_request
        where organisation_id = ${of.organisation}::uuid and account_id = ${of.account}::uuid
          and kind = 'raise' and state = 'pending') as asks,
      exists (select from manager_transfer mt join membership t on t.id = mt.to_membership
        where mt.organisation_id = ${of.organisation}::uuid and t.account_id = ${of.account}::uuid
          and mt.state = 'proposed') as "isToLead"`.execute(db)
  const [row] = rows
  if (!row) throw new Error('A statement without a table answers one row')
  return row
}

/** Somebody has the role they asked for, without an answer to their request: it has lost its meaning. */
export async function closeRequestsFor(
  tx: Tx<Tables>,
  given: { readonly organisation: string; readonly account: string; readonly role: Role },
): Promise<void> {
  await tx
    .updateTable('join_request')
    .set({ state: 'superseded', settled_at: sql<Date>`now()` })
    .where('organisation_id', '=', given.organisation)
    .where('account_id', '=', given.account)
    .where('kind', '=', 'raise')
    .where('state', '=', 'pending')
    .where('wished_role', '<=', given.role)
    .execute()
}
