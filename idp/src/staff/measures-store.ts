import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { MeasureKind, Turn } from './rules.ts'

/** What one of the team proposes about an organisation (M64, P32). */
export interface NewMeasure {
  readonly kind: MeasureKind
  readonly organisation: string
  /** Who will lead it; null for what names nobody. */
  readonly account: string | null
  readonly rescue: string | null
  readonly proof: string | null
  readonly reason: string
  readonly staff: string
}

/** @returns null when another one is open for this organisation */
export async function saveMeasure(tx: Tx<Tables>, measure: NewMeasure): Promise<string | null> {
  const row = await tx
    .insertInto('organisation_measure')
    .values({
      kind: measure.kind,
      organisation_id: measure.organisation,
      account_id: measure.account,
      rescue_id: measure.rescue,
      proof: measure.proof,
      reason: measure.reason,
      proposed_by: measure.staff,
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

export interface Measure {
  readonly id: string
  readonly kind: MeasureKind
  readonly organisation_id: string
  readonly organisation: string
  readonly account_id: string | null
  readonly rescue_id: string | null
  readonly proof: string | null
  readonly reason: string
  readonly proposed_by: string
  readonly proposed_at: Date
  readonly state: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly proposer_given_name: string | null
  readonly proposer_family_name: string | null
}

const described = (db: Db<Tables>) =>
  db
    .selectFrom('organisation_measure')
    .innerJoin('organisation', 'organisation.id', 'organisation_measure.organisation_id')
    .innerJoin('account as proposer', 'proposer.id', 'organisation_measure.proposed_by')
    .leftJoin('account', 'account.id', 'organisation_measure.account_id')
    .select([
      'organisation_measure.id',
      'organisation_measure.kind',
      'organisation_measure.organisation_id',
      'organisation.name as organisation',
      'organisation_measure.account_id',
      'organisation_measure.rescue_id',
      'organisation_measure.proof',
      'organisation_measure.reason',
      'organisation_measure.proposed_by',
      'organisation_measure.proposed_at',
      'organisation_measure.state',
      'account.given_name',
      'account.family_name',
      'proposer.given_name as proposer_given_name',
      'proposer.family_name as proposer_family_name',
    ])

export async function findMeasure(db: Db<Tables>, id: string): Promise<Measure | undefined> {
  const row = await described(db).where('organisation_measure.id', '=', id).executeTakeFirst()
  return row as Measure | undefined
}

/** What waits for another of the team, the oldest first. Paged by key. */
export async function listOpenMeasures(db: Db<Tables>, page: Turn): Promise<Measure[]> {
  const rows = await described(db)
    .where('organisation_measure.state', '=', 'proposed')
    .$if(page.after !== null, (query) =>
      query.where('organisation_measure.id', '>', page.after ?? ''),
    )
    .orderBy('organisation_measure.id')
    .limit(page.most)
    .execute()
  return rows as Measure[]
}

export async function countOpenMeasures(db: Db<Tables>): Promise<number> {
  const { count } = await db
    .selectFrom('organisation_measure')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('state', '=', 'proposed')
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** What was proposed and decided about one organisation, the latest first. */
export async function listMeasuresOf(db: Db<Tables>, organisation: string): Promise<Measure[]> {
  const rows = await described(db)
    .where('organisation_measure.organisation_id', '=', organisation)
    .orderBy('organisation_measure.id', 'desc')
    .limit(20)
    .execute()
  return rows as Measure[]
}

/** Of two who decide at once, the second finds it decided. */
export async function lockMeasure(tx: Tx<Tables>, id: string) {
  const row = await tx
    .selectFrom('organisation_measure')
    .select([
      'id',
      'kind',
      'state',
      'organisation_id as organisation',
      'account_id as account',
      'rescue_id as rescue',
      'proposed_by as proposedBy',
    ])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row as (typeof row & { readonly kind: MeasureKind }) | undefined
}

export async function settleMeasure(
  tx: Tx<Tables>,
  id: string,
  decision: { readonly state: 'accepted' | 'refused' | 'withdrawn'; readonly staff: string | null },
): Promise<void> {
  await tx
    .updateTable('organisation_measure')
    .set({ state: decision.state, decided_by: decision.staff, decided_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
}
