import type { Tx } from '@myanm/database'
import type { Tables } from '../tables.ts'
import type { MessageKind } from './rules.ts'

export interface Message {
  readonly kind: MessageKind
  readonly name: string
  readonly replyTo: string
  readonly organisation: string | null
  readonly bce: string | null
  readonly body: string
  /** Who wrote, when they were signed in. */
  readonly account: string | null
  /** The organisation they wrote for as a member of it, and whether that comes first (M45). */
  readonly writtenFor: { readonly id: string; readonly isFirst: boolean } | null
}

/** @returns null when this reference is another message's */
export async function saveMessage(
  tx: Tx<Tables>,
  message: Message & { readonly reference: string },
): Promise<string | null> {
  const row = await tx
    .insertInto('contact_message')
    .values({
      reference: message.reference,
      kind: message.kind,
      name: message.name,
      reply_to: message.replyTo,
      organisation: message.organisation,
      bce: message.bce,
      body: message.body,
      account_id: message.account,
      organisation_id: message.writtenFor?.id ?? null,
      is_priority: message.writtenFor?.isFirst ?? false,
      closed_at: null,
      closed_by: null,
    })
    .onConflict((conflict) => conflict.column('reference').doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id ?? null
}
