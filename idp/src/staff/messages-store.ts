import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

export const PER_PAGE = 25

export interface MessageRow {
  readonly id: string
  readonly reference: string
  readonly kind: string
  readonly name: string
  readonly reply_to: string
  readonly organisation: string | null
  readonly bce: string | null
  readonly body: string
  readonly account_id: string | null
  readonly organisation_id: string | null
  readonly is_priority: boolean
  readonly state: string
  readonly created_at: Date
  readonly closed_at: Date | null
}

/** Messages: open ones of who leads an organisation first (M45), then those that have waited longest. One more than a page, to know of another. */
export function listMessages(
  db: Db<Tables>,
  asked: { readonly state: 'open' | 'closed'; readonly page: number },
): Promise<MessageRow[]> {
  return db
    .selectFrom('contact_message')
    .selectAll()
    .where('state', '=', asked.state)
    .$if(asked.state === 'open', (open) => open.orderBy('is_priority', 'desc'))
    .orderBy('id', asked.state === 'open' ? 'asc' : 'desc')
    .limit(PER_PAGE + 1)
    .offset((asked.page - 1) * PER_PAGE)
    .execute()
}

export async function countOpenMessages(db: Db<Tables>): Promise<number> {
  const { count } = await db
    .selectFrom('contact_message')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow()
  return count
}

export function findMessage(db: Db<Tables>, reference: string): Promise<MessageRow | undefined> {
  return db
    .selectFrom('contact_message')
    .selectAll()
    .where('reference', '=', reference)
    .executeTakeFirst()
}

/** @returns the message, when it was open */
export async function closeMessage(
  tx: Tx<Tables>,
  { reference, staff }: { readonly reference: string; readonly staff: string },
): Promise<string | undefined> {
  const row = await tx
    .updateTable('contact_message')
    .set({ state: 'closed', closed_at: sql<Date>`now()`, closed_by: staff })
    .where('reference', '=', reference)
    .where('state', '=', 'open')
    .returning('id')
    .executeTakeFirst()
  return row?.id
}
