import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Sealed } from './rules.ts'

/**
 * Has the database chain lines that wait for it: it chooses them, and computes the hash.
 * @returns undefined when none wait
 */
export async function chainLines(tx: Tx<Tables>, most: number): Promise<Sealed | undefined> {
  const { rows } = await sql<Sealed>`
    select number::text, encode(previous, 'hex') as previous, encode(hash, 'hex') as hash, count,
        microseconds(until) as until, microseconds(sealed_at) as "sealedAt"
      from seal_journal(${most})`.execute(tx)
  return rows[0]
}

export async function keepSignature(
  tx: Tx<Tables>,
  signed: { readonly number: string; readonly key: string; readonly signature: Buffer },
): Promise<void> {
  await sql`select sign_journal_seal(${signed.number}::bigint, ${signed.key}, ${signed.signature})`.execute(
    tx,
  )
}

/** What a seal says now, and how far the chain has come since; no hash when it is not there any more. */
export async function readSeal(
  db: Db<Tables>,
  number: string,
): Promise<{ readonly hash: string | null; readonly oldest: string | null }> {
  const { rows } = await sql<{ hash: string | null; oldest: string | null }>`
    select (select encode(hash, 'hex') from journal_seal where number = ${number}::bigint) as hash,
      (select min(number)::text from journal_seal) as oldest`.execute(db)
  return rows[0] ?? { hash: null, oldest: null }
}
