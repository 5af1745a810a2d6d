import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { CorrectionKind, Turn } from './rules.ts'

/** @returns null when one is open for this account already */
export async function saveCorrection(
  tx: Tx<Tables>,
  correction: {
    readonly kind: CorrectionKind
    readonly account: string
    readonly email: string | null
    readonly formerEmail: string | null
    readonly reason: string
    readonly message: string | null
    readonly staff: string
  },
): Promise<string | null> {
  const row = await tx
    .insertInto('staff_correction')
    .values({
      kind: correction.kind,
      account_id: correction.account,
      email: correction.email,
      former_email: correction.formerEmail,
      reason: correction.reason,
      message_id: correction.message,
      proposed_by: correction.staff,
      decided_by: null,
      decided_at: null,
    })
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'kind']).where('state', '=', 'proposed').doNothing(),
    )
    .returning('id')
    .executeTakeFirst()
  return row?.id ?? null
}

export interface Correction {
  readonly id: string
  readonly kind: CorrectionKind
  readonly account_id: string
  readonly email: string | null
  readonly former_email: string | null
  readonly reason: string
  readonly proposed_by: string
  readonly proposed_at: Date
  readonly state: string
  readonly reference: string | null
  readonly given_name: string | null
  readonly family_name: string | null
  readonly proposer_given_name: string | null
  readonly proposer_family_name: string | null
}

const described = (db: Db<Tables>) =>
  db
    .selectFrom('staff_correction')
    .innerJoin('account', 'account.id', 'staff_correction.account_id')
    .innerJoin('account as proposer', 'proposer.id', 'staff_correction.proposed_by')
    .leftJoin('contact_message', 'contact_message.id', 'staff_correction.message_id')
    .select([
      'staff_correction.id',
      'staff_correction.kind',
      'staff_correction.account_id',
      'staff_correction.email',
      'staff_correction.former_email',
      'staff_correction.reason',
      'staff_correction.proposed_by',
      'staff_correction.proposed_at',
      'staff_correction.state',
      'contact_message.reference',
      'account.given_name',
      'account.family_name',
      'proposer.given_name as proposer_given_name',
      'proposer.family_name as proposer_family_name',
    ])

export async function findCorrection(db: Db<Tables>, id: string): Promise<Correction | undefined> {
  const row = await described(db).where('staff_correction.id', '=', id).executeTakeFirst()
  return row as Correction | undefined
}

/** What waits for another of the team, the oldest first. Paged by key. */
export async function listOpenCorrections(db: Db<Tables>, page: Turn): Promise<Correction[]> {
  const rows = await described(db)
    .where('staff_correction.state', '=', 'proposed')
    .$if(page.after !== null, (query) => query.where('staff_correction.id', '>', page.after ?? ''))
    .orderBy('staff_correction.id')
    .limit(page.most)
    .execute()
  return rows as Correction[]
}

export async function countOpenCorrections(db: Db<Tables>): Promise<number> {
  const { count } = await db
    .selectFrom('staff_correction')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('state', '=', 'proposed')
    .executeTakeFirstOrThrow()
  return Number(count)
}

export interface LockedCorrection {
  readonly id: string
  readonly kind: CorrectionKind
  readonly state: string
  readonly account: string
  readonly email: string | null
  readonly proposedBy: string
}

/** Of two who decide at once, the second finds it decided. */
export async function lockCorrection(
  tx: Tx<Tables>,
  id: string,
): Promise<LockedCorrection | undefined> {
  const row = await tx
    .selectFrom('staff_correction')
    .select(['id', 'kind', 'state', 'account_id as account', 'email', 'proposed_by as proposedBy'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row as LockedCorrection | undefined
}

export async function settleCorrection(
  tx: Tx<Tables>,
  id: string,
  decision: { readonly state: 'accepted' | 'refused' | 'withdrawn'; readonly staff: string | null },
): Promise<void> {
  await tx
    .updateTable('staff_correction')
    .set({
      state: decision.state,
      decided_by: decision.staff,
      decided_at: sql<Date>`now()`,
    })
    .where('id', '=', id)
    .execute()
}

/** An old account and its address, locked. */
export function lockPerson(tx: Tx<Tables>, account: string) {
  return tx
    .selectFrom('account')
    .select(['id', 'state', 'email', 'login'])
    .where('id', '=', account)
    .forUpdate()
    .executeTakeFirst()
}

/**
 * The address of an old account; a login that was the old address follows it.
 * @throws a unique violation on `account_email_key` or `account_identifier_pkey` when it is somebody's
 */
export async function replaceAddress(
  tx: Tx<Tables>,
  account: string,
  email: string,
): Promise<void> {
  await tx
    .updateTable('account')
    .set({
      email,
      login: sql<string>`case when identifier_key(login) = identifier_key(email)
        then ${email}::text else login end`,
    })
    .where('id', '=', account)
    .execute()
}
