import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Wish } from './post.ts'
import { KEEPS_ADDRESS } from './rules.ts'

/** @returns null when the same wish is waiting already */
export async function saveLetter(tx: Tx<Tables>, wish: Wish): Promise<string | null> {
  const row = await tx
    .insertInto('letter')
    .values((value) => ({
      code: wish.code,
      account_id: wish.account ?? null,
      proof_id: wish.proof ?? null,
      message_id: wish.message ?? null,
      details: JSON.stringify(wish.details ?? {}),
      once: wish.once ?? null,
      last_reason: null,
      settled_at: null,
      address:
        wish.account && KEEPS_ADDRESS.has(wish.code)
          ? value.selectFrom('account').select('email').where('id', '=', wish.account)
          : null,
    }))
    .onConflict((conflict) =>
      conflict
        .column('once')
        .where('state', '=', 'queued')
        .where('once', 'is not', null)
        .doNothing(),
    )
    .returning('id')
    .executeTakeFirst()
  return row?.id ?? null
}

/** @returns proof → letter */
export async function saveLetters(
  tx: Tx<Tables>,
  {
    code,
    letters,
  }: {
    readonly code: Wish['code']
    readonly letters: readonly { readonly proof: string; readonly details: Wish['details'] }[]
  },
): Promise<ReadonlyMap<string, string>> {
  if (letters.length === 0) return new Map()
  const rows = await tx
    .insertInto('letter')
    .values(
      letters.map(({ proof, details }) => ({
        code,
        account_id: null,
        proof_id: proof,
        message_id: null,
        details: JSON.stringify(details ?? {}),
        once: null,
        last_reason: null,
        settled_at: null,
        address: null,
      })),
    )
    .returning(['id', 'proof_id'])
    .execute()
  return new Map(rows.map((row) => [String(row.proof_id), row.id]))
}

/**
 * How many letters of this kind were queued within the hour for the same account, or for the same
 * address of somebody without one. Those who ask at once are counted one after the other.
 */
export async function countThisHour(tx: Tx<Tables>, wish: Wish): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(
    ${`letter:${wish.code}:${wish.account ?? wish.message ?? ''}`}, 0
  ))`.execute(tx)
  const { count } = await tx
    .selectFrom('letter')
    .leftJoin('contact_message', 'contact_message.id', 'letter.message_id')
    .select((row) => row.fn.countAll<string>().as('count'))
    .where('letter.code', '=', wish.code)
    .where('letter.queued_at', '>', sql<Date>`now() - interval '1 hour'`)
    .$if(wish.account !== undefined, (letters) =>
      letters.where('letter.account_id', '=', wish.account ?? null),
    )
    .$if(wish.account === undefined, (letters) =>
      letters.where(
        sql`identifier_key(contact_message.reply_to)`,
        '=',
        sql`(select identifier_key(reply_to) from contact_message where id = ${wish.message ?? null})`,
      ),
    )
    .executeTakeFirstOrThrow()
  return Number(count)
}

/**
 * Takes a letter whose time has come, with whom it is for. Of two at once one gets it: until `lasts` has
 * passed it is nobody else's, and when its process is killed it is everybody's again after that.
 */
export async function takeForSending(db: Db<Tables>, id: string, lasts: number) {
  return await db
    .with('taken', (one) =>
      one
        .updateTable('letter')
        .set((row) => ({
          tries: row('tries', '+', 1),
          next_try_at: sql<Date>`now() + ${lasts} * interval '1 millisecond'`,
          last_reason: null,
        }))
        .where('id', '=', id)
        .where('state', '=', 'queued')
        .where('next_try_at', '<=', sql<Date>`now()`)
        .returningAll()
        .returning(sql<string | null>`old.last_reason`.as('earlier_reason')),
    )
    .selectFrom('taken')
    .leftJoin('account', 'account.id', 'taken.account_id')
    .leftJoin('proof', 'proof.id', 'taken.proof_id')
    .leftJoin('contact_message', 'contact_message.id', 'taken.message_id')
    .select([
      'taken.id',
      'taken.code',
      'taken.details',
      'taken.address',
      'taken.account_id',
      'taken.proof_id',
      'taken.tries',
      'taken.queued_at',
      'taken.earlier_reason',
      'account.state as account_state',
      'account.email as account_email',
      'account.login as account_login',
      'account.given_name',
      'account.language',
      'proof.email as proof_email',
      'proof.subject as proof_subject',
      'proof.tries_left',
      'proof.created_at as proof_created_at',
      'proof.expires_at as proof_expires_at',
      'proof.used_at as proof_used_at',
      'proof.ended_at as proof_ended_at',
      'contact_message.reply_to',
      'contact_message.name as writer',
    ])
    .executeTakeFirst()
}

export type TakenLetter = NonNullable<Awaited<ReturnType<typeof takeForSending>>>

export async function settle(
  db: Db<Tables>,
  id: string,
  outcome: {
    readonly state: 'sent' | 'needless' | 'refused' | 'given-up'
    readonly reason: string | null
  },
): Promise<void> {
  await db
    .updateTable('letter')
    .set((row) => ({
      state: outcome.state,
      last_reason: outcome.reason,
      settled_at: new Date(),
      address: outcome.state === 'sent' ? null : row.ref('address'),
    }))
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .execute()
}

export async function postpone(
  tx: Tx<Tables>,
  id: string,
  later: { readonly reason: string; readonly pause: number },
): Promise<void> {
  await tx
    .updateTable('letter')
    .set({
      last_reason: later.reason,
      next_try_at: sql<Date>`now() + ${later.pause} * interval '1 millisecond'`,
    })
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .execute()
}

/**
 * Letters that wait for a post office that was away become due, the oldest first. One that is being sent
 * has no reason yet: it stays with whoever has it.
 */
export async function hasten(db: Db<Tables>, limit: number): Promise<string[]> {
  const rows = await db
    .updateTable('letter')
    .set({ next_try_at: sql<Date>`now()` })
    .where('id', 'in', (letters) =>
      letters
        .selectFrom('letter')
        .select('id')
        .where('state', '=', 'queued')
        .where('last_reason', 'like', 'away %')
        .where('next_try_at', '>', sql<Date>`now()`)
        .orderBy('id')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Letters whose time came a while ago and that nobody has taken: their job died with its process. */
export async function listForgotten(db: Db<Tables>, since: number): Promise<string[]> {
  const rows = await db
    .selectFrom('letter')
    .select('id')
    .where('state', '=', 'queued')
    .where('next_try_at', '<', sql<Date>`now() - ${since} * interval '1 millisecond'`)
    .orderBy('next_try_at')
    .limit(1000)
    .execute()
  return rows.map(({ id }) => id)
}
