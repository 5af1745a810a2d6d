import type { Db, Tx } from '@myanm/database'
import type { Tables } from '../tables.ts'
import type { Wish } from './post.ts'

/** @returns null when the same wish is waiting already */
export async function saveLetter(tx: Tx<Tables>, wish: Wish): Promise<string | null> {
  const row = await tx
    .insertInto('letter')
    .values({
      code: wish.code,
      account_id: wish.account ?? null,
      proof_id: wish.proof ?? null,
      message_id: wish.message ?? null,
      details: JSON.stringify(wish.details ?? {}),
      once: wish.once ?? null,
      last_reason: null,
      settled_at: null,
    })
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

/** A letter that has not left, with whom it is for. */
export function findQueued(db: Db<Tables>, id: string) {
  return db
    .selectFrom('letter')
    .leftJoin('account', 'account.id', 'letter.account_id')
    .leftJoin('proof', 'proof.id', 'letter.proof_id')
    .leftJoin('contact_message', 'contact_message.id', 'letter.message_id')
    .select([
      'letter.id',
      'letter.code',
      'letter.details',
      'letter.proof_id',
      'account.email as account_email',
      'account.given_name',
      'account.language',
      'proof.email as proof_email',
      'contact_message.reply_to',
      'contact_message.name as writer',
    ])
    .where('letter.id', '=', id)
    .where('letter.state', '=', 'queued')
    .executeTakeFirst()
}

export async function settle(
  db: Db<Tables>,
  id: string,
  outcome: { readonly state: 'sent' | 'refused' | 'given-up'; readonly reason: string | null },
): Promise<void> {
  await db
    .updateTable('letter')
    .set((row) => ({
      state: outcome.state,
      last_reason: outcome.reason,
      settled_at: new Date(),
      tries: row('tries', '+', 1),
    }))
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .execute()
}
