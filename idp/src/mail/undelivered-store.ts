import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { type LetterCode, UNDELIVERED } from './rules.ts'

export interface LetterRow {
  readonly id: string
  readonly code: LetterCode
  readonly state: string
  readonly tries: number
  /** What its text said besides the name: its subject may need it. */
  readonly details: Readonly<Record<string, string | number>>
  /** Codes only. */
  readonly last_reason: string | null
  readonly queued_at: Date
  readonly settled_at: Date | null
}

export interface UndeliveredLetter extends LetterRow {
  readonly account_id: string | null
  readonly message_id: string | null
}

const COLUMNS = [
  'id',
  'code',
  'state',
  'tries',
  'details',
  'last_reason',
  'queued_at',
  'settled_at',
] as const

const PER_PAGE = 25

/** Letters that did not arrive, the latest first: the dead letters of the queue, for staff. */
export async function listUndelivered(
  db: Db<Tables>,
  page: number,
): Promise<{ readonly letters: UndeliveredLetter[]; readonly total: number; pages: number }> {
  const letters = await db
    .selectFrom('letter')
    .select([...COLUMNS, 'account_id', 'message_id'])
    .where('state', 'in', [...UNDELIVERED])
    .orderBy('id', 'desc')
    .limit(PER_PAGE)
    .offset((Math.max(1, page) - 1) * PER_PAGE)
    .execute()
  const total = await countUndelivered(db)
  return {
    letters: letters as unknown as UndeliveredLetter[],
    total,
    pages: Math.max(1, Math.ceil(total / PER_PAGE)),
  }
}

export async function countUndelivered(db: Db<Tables> | Tx<Tables>): Promise<number> {
  const { count } = await db
    .selectFrom('letter')
    .select((row) => row.fn.countAll<string>().as('count'))
    .where('state', 'in', [...UNDELIVERED])
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** The latest letters to one person, and what became of each (« Je n’ai pas reçu l’e-mail »). */
export async function lettersOf(db: Db<Tables>, account: string): Promise<LetterRow[]> {
  const rows = await db
    .selectFrom('letter')
    .select(COLUMNS)
    .where('account_id', '=', account)
    .where('state', '<>', 'needless')
    .orderBy('id', 'desc')
    .limit(20)
    .execute()
  return rows as unknown as LetterRow[]
}

/** A letter that did not arrive, locked: of two who send it again, one does. */
export async function findUndelivered(tx: Tx<Tables>, id: string) {
  const row = await tx
    .selectFrom('letter')
    .leftJoin('proof', 'proof.id', 'letter.proof_id')
    .select([
      'letter.id',
      'proof.email',
      'proof.tries_left',
      'proof.created_at',
      'proof.expires_at',
      'proof.used_at',
      'proof.ended_at',
    ])
    .where('letter.id', '=', id)
    .where('letter.state', 'in', [...UNDELIVERED])
    .forUpdate('letter')
    .executeTakeFirst()
  if (!row) return null
  const { created_at, expires_at, tries_left } = row
  const link = created_at &&
    expires_at && { ...row, created_at, expires_at, tries_left: tries_left ?? 0 }
  return { id: row.id, link: link || null }
}

export async function queueAgain(tx: Tx<Tables>, id: string): Promise<void> {
  await tx
    .updateTable('letter')
    .set({
      state: 'queued',
      once: null,
      tries: 0,
      last_reason: null,
      settled_at: null,
      queued_at: sql<Date>`now()`,
      next_try_at: sql<Date>`now()`,
    })
    .where('id', '=', id)
    .execute()
}

/** @returns whether there was such a letter, sent and not reported before */
export async function noteReported(
  db: Db<Tables>,
  id: string,
  report: { readonly state: 'bounced' | 'complained'; readonly reason: string },
): Promise<boolean> {
  const row = await db
    .updateTable('letter')
    .set({ state: report.state, last_reason: report.reason, settled_at: new Date() })
    .where('id', '=', id)
    // A report may be faster than our own note that the letter left.
    .where('state', 'in', ['sent', 'queued'])
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}
