import type { Db, Tx } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { MergeKind } from './merge-rules.ts'
import type { Turn } from './rules.ts'

/** What ends with an organisation that goes. */
export interface Closing {
  readonly invitations: number
  readonly requests: number
  readonly transfers: number
  readonly rescues: number
}

export async function countClosing(db: Db<Tables>, organisation: string): Promise<Closing> {
  const { rows } = await sql<Closing>`
    select
      (select count(*)::int from invitation
        where organisation_id = ${organisation}::uuid and state = 'pending') as invitations,
      (select count(*)::int from join_request
        where organisation_id = ${organisation}::uuid and state = 'pending') as requests,
      (select count(*)::int from manager_transfer
        where organisation_id = ${organisation}::uuid and state = 'proposed') as transfers,
      (select count(*)::int from rescue
        where organisation_id = ${organisation}::uuid and state = 'open') as rescues`.execute(db)
  return rows[0] ?? { invitations: 0, requests: 0, transfers: 0, rescues: 0 }
}

/** Whether somebody is of one of two organisations: then it is not theirs to decide on. */
export async function isOfEither(
  db: Db<Tables>,
  { account, pair }: { readonly account: string; readonly pair: readonly [string, string] },
): Promise<boolean> {
  const row = await db
    .selectFrom('membership')
    .select('id')
    .where('account_id', '=', account)
    .where('organisation_id', 'in', pair)
    .where('state', '=', 'active')
    .executeTakeFirst()
  return row !== undefined
}

/** A merge, or its undoing, as one of the team proposes it. */
export interface MergeMeasure {
  readonly id: string
  readonly kind: MergeKind
  readonly state: 'proposed' | 'accepted' | 'refused' | 'withdrawn'
  /** The organisation that goes, or went. */
  readonly gone: string
  readonly kept: string
  readonly merge: string | null
  readonly reason: string
  readonly proposedBy: string
  readonly proposedAt: Date
  readonly given_name: string | null
  readonly family_name: string | null
}

const described = (db: Db<Tables>) =>
  db
    .selectFrom('organisation_measure')
    .innerJoin('account', 'account.id', 'organisation_measure.proposed_by')
    .select([
      'organisation_measure.id',
      'organisation_measure.kind',
      'organisation_measure.state',
      'organisation_measure.organisation_id as gone',
      'organisation_measure.other_id as kept',
      'organisation_measure.merge_id as merge',
      'organisation_measure.reason',
      'organisation_measure.proposed_by as proposedBy',
      'organisation_measure.proposed_at as proposedAt',
      'account.given_name',
      'account.family_name',
    ])
    .where('organisation_measure.kind', 'in', ['merge', 'unmerge'])

export async function findMergeMeasure(
  db: Db<Tables>,
  id: string,
): Promise<MergeMeasure | undefined> {
  const row = await described(db).where('organisation_measure.id', '=', id).executeTakeFirst()
  return row as MergeMeasure | undefined
}

/** Of two who decide at once, the second finds it decided. */
export async function lockMergeMeasure(
  tx: Tx<Tables>,
  id: string,
): Promise<MergeMeasure | undefined> {
  const row = await described(tx)
    .where('organisation_measure.id', '=', id)
    .forUpdate('organisation_measure')
    .executeTakeFirst()
  return row as MergeMeasure | undefined
}

/** @returns null when something else is open about the organisation that goes */
export async function saveMergeMeasure(
  tx: Tx<Tables>,
  measure: Pick<MergeMeasure, 'kind' | 'gone' | 'kept' | 'merge' | 'reason' | 'proposedBy'>,
): Promise<string | null> {
  const row = await tx
    .insertInto('organisation_measure')
    .values({
      kind: measure.kind,
      organisation_id: measure.gone,
      other_id: measure.kept,
      merge_id: measure.merge,
      account_id: null,
      rescue_id: null,
      proof: null,
      reason: measure.reason,
      proposed_by: measure.proposedBy,
      decided_by: null,
      decided_at: null,
    })
    .onConflict((conflict) =>
      conflict.column('organisation_id').where('state', '=', 'proposed').doNothing(),
    )
    .returning('id')
    .executeTakeFirst()
  return row?.id ?? null
}

/** Who answers for an organisation, and as what: they are told of everything that happens to it. */
export function listAnswering(
  db: Db<Tables>,
  organisation: string,
): Promise<{ account: string; role: Role }[]> {
  return db
    .selectFrom('membership')
    .select(['account_id as account', 'role'])
    .where('organisation_id', '=', organisation)
    .where('state', '=', 'active')
    .where('role', 'in', ['RESPONSABLE', 'GESTIONNAIRE'])
    .orderBy('account_id')
    .execute()
}

export interface Named {
  readonly id: string
  readonly name: string
}

/** Merges that can still be undone, with what the two are called, the latest first. Paged by key. */
export async function listRecentMerges(
  db: Db<Tables>,
  { now, ...page }: Turn & { readonly now: Date },
): Promise<{ id: string; gone: Named; kept: Named; mergedAt: Date; undoUntil: Date }[]> {
  const rows = await db
    .selectFrom('organisation_merge')
    .innerJoin('organisation as gone', 'gone.id', 'organisation_merge.gone_id')
    .innerJoin('organisation as kept', 'kept.id', 'organisation_merge.kept_id')
    .select([
      'organisation_merge.id',
      'gone.id as goneId',
      'gone.name as goneName',
      'kept.id as keptId',
      'kept.name as keptName',
      'organisation_merge.merged_at as mergedAt',
      'organisation_merge.undo_until as undoUntil',
    ])
    .where('organisation_merge.undone_at', 'is', null)
    .where('organisation_merge.undo_until', '>', now)
    .$if(page.after !== null, (query) =>
      query.where('organisation_merge.id', '<', page.after ?? ''),
    )
    .orderBy('organisation_merge.id', 'desc')
    .limit(page.most)
    .execute()
  return rows.map(({ goneId, goneName, keptId, keptName, ...merge }) => ({
    ...merge,
    gone: { id: goneId, name: goneName },
    kept: { id: keptId, name: keptName },
  }))
}

/** What is proposed about two organisations and waits for another of the team. Paged by key. */
export async function listOpenMerges(
  db: Db<Tables>,
  page: Turn,
): Promise<{ id: string; kind: MergeKind; gone: string; kept: string; proposedAt: Date }[]> {
  const rows = await db
    .selectFrom('organisation_measure')
    .innerJoin('organisation as gone', 'gone.id', 'organisation_measure.organisation_id')
    .innerJoin('organisation as kept', 'kept.id', 'organisation_measure.other_id')
    .select([
      'organisation_measure.id',
      'organisation_measure.kind',
      'gone.name as gone',
      'kept.name as kept',
      'organisation_measure.proposed_at as proposedAt',
    ])
    .where('organisation_measure.state', '=', 'proposed')
    .where('organisation_measure.kind', 'in', ['merge', 'unmerge'])
    .$if(page.after !== null, (query) =>
      query.where('organisation_measure.id', '>', page.after ?? ''),
    )
    .orderBy('organisation_measure.id')
    .limit(page.most)
    .execute()
  return rows as { id: string; kind: MergeKind; gone: string; kept: string; proposedAt: Date }[]
}
