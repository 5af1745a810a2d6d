import type { Db, Tx } from '@myanm/database'
import type { Selectable } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Purpose } from './rules.ts'

export type Proof = Omit<Selectable<Tables['proof']>, 'purpose'> & { readonly purpose: Purpose }

export interface ProofName {
  readonly account: string
  readonly purpose: Purpose
  /** Which one, where an account may have several at once. */
  readonly subject?: string
}

const named = ({ account, purpose, subject = '' }: ProofName) => ({
  account_id: account,
  purpose,
  subject,
})

export async function findLive(db: Db<Tables>, name: ProofName): Promise<Proof | undefined> {
  const row = await db
    .selectFrom('proof')
    .selectAll()
    .where((where) => where.and(named(name)))
    .where('used_at', 'is', null)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return row as Proof | undefined
}

/** What an account has asked for and not followed yet, the links of which still work. */
export async function listLive(db: Db<Tables>, account: string, now: Date): Promise<Proof[]> {
  const rows = await db
    .selectFrom('proof')
    .selectAll()
    .where('account_id', '=', account)
    .where('used_at', 'is', null)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('created_at')
    .execute()
  return rows as Proof[]
}

export async function findProof(db: Db<Tables>, id: string): Promise<Proof | undefined> {
  const row = await db.selectFrom('proof').selectAll().where('id', '=', id).executeTakeFirst()
  return row as Proof | undefined
}

export async function endLive(tx: Tx<Tables>, name: ProofName, now: Date): Promise<void> {
  await tx
    .updateTable('proof')
    .set({ ended_at: now })
    .where((where) => where.and(named(name)))
    .where('used_at', 'is', null)
    .where('ended_at', 'is', null)
    .execute()
}

export async function saveProof(
  tx: Tx<Tables>,
  proof: ProofName & {
    readonly email: string | null
    readonly client: string | null
    readonly browser: Buffer | null
    readonly now: Date
    readonly expiresAt: Date
  },
): Promise<string> {
  const { id } = await tx
    .insertInto('proof')
    .values({
      ...named(proof),
      email: proof.email,
      client_id: proof.client,
      browser: proof.browser,
      created_at: proof.now,
      asked_at: proof.now,
      expires_at: proof.expiresAt,
      used_at: null,
      ended_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** @returns subject → proof */
export async function saveProofs(
  tx: Tx<Tables>,
  given: {
    readonly account: string
    readonly purpose: Purpose
    readonly of: readonly { readonly subject: string; readonly email: string }[]
    readonly now: Date
    readonly expiresAt: Date
  },
): Promise<ReadonlyMap<string, string>> {
  if (given.of.length === 0) return new Map()
  const rows = await tx
    .insertInto('proof')
    .values(
      given.of.map(({ subject, email }) => ({
        account_id: given.account,
        purpose: given.purpose,
        subject,
        email,
        client_id: null,
        browser: null,
        created_at: given.now,
        asked_at: given.now,
        expires_at: given.expiresAt,
        used_at: null,
        ended_at: null,
      })),
    )
    .returning(['id', 'subject'])
    .execute()
  return new Map(rows.map(({ id, subject }) => [subject, id]))
}

export async function prolong(
  tx: Tx<Tables>,
  id: string,
  { now, expiresAt }: { readonly now: Date; readonly expiresAt: Date },
): Promise<void> {
  await tx
    .updateTable('proof')
    .set({ asked_at: now, expires_at: expiresAt })
    .where('id', '=', id)
    .execute()
}

export async function noteAsked(tx: Tx<Tables>, id: string, now: Date): Promise<void> {
  await tx.updateTable('proof').set({ asked_at: now }).where('id', '=', id).execute()
}

/** Of two at once, one gets it: the statement decides, not a look beforehand (ASVS 6.4.1). */
export async function markUsed(
  tx: Tx<Tables>,
  proof: { readonly id: string; readonly purpose: Purpose; readonly now: Date },
): Promise<Proof | undefined> {
  const row = await tx
    .updateTable('proof')
    .set({ used_at: proof.now })
    .where('id', '=', proof.id)
    .where('purpose', '=', proof.purpose)
    .where('used_at', 'is', null)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', proof.now)
    .returningAll()
    .executeTakeFirst()
  return row as Proof | undefined
}

/** Takes one try before the code is looked at, so that a hundred at once are a hundred. */
export async function takeTry(db: Db<Tables>, id: string, now: Date): Promise<boolean> {
  const row = await db
    .updateTable('proof')
    .set((row) => ({ tries_left: row('tries_left', '-', 1) }))
    .where('id', '=', id)
    .where('tries_left', '>', 0)
    .where('used_at', 'is', null)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export async function giveTryBack(db: Db<Tables>, id: string): Promise<void> {
  await db
    .updateTable('proof')
    .set((row) => ({ tries_left: row('tries_left', '+', 1) }))
    .where('id', '=', id)
    .execute()
}
