import type { Db, Tx } from '@myanm/database'
import type { Tables } from '../tables.ts'

/** The events of this product: a closed list, so that a reader of the journal knows them all. */
export type JournalEvent =
  | 'registered'
  | 'email-confirmed'
  | 'account-known-already'
  | 'signed-in'
  | 'sign-in-refused'
  | 'sign-in-locked'
  | 'signed-out'
  | 'session-ended'
  | 'step-up-refused'
  | 'reset-asked'
  | 'password-changed'
  | 'profile-changed'
  | 'login-changed'
  | 'email-change-asked'
  | 'email-changed'
  | 'passkey-added'
  | 'passkey-removed'
  | 'second-factor-added'
  | 'second-factor-removed'
  | 'recovery-codes-made'
  | 'recovery-code-used'
  | 'consent-withdrawn'
  | 'preference-changed'
  | 'data-exported'
  | 'deletion-asked'
  | 'deletion-cancelled'
  | 'account-erased'
  | 'account-purged'
  | 'legacy-imported'
  | 'legacy-merged'
  | 'login-attached'
  | 'staff-appointed'
  | 'staff-dismissed'
  | 'staff-looked'
  | 'staff-correction-proposed'
  | 'staff-correction-decided'
  | 'account-suspended'
  | 'account-reinstated'
  | 'message-received'
  | 'message-closed'
  | 'letter-sent-again'
  | 'context-chosen'
  | 'consent-given'
  | 'consent-refused'
  | 'token-replayed'
  | 'introspection-refused'
  | 'signing-keys-rotated'

export interface JournalEntry {
  readonly event: JournalEvent
  readonly account?: string | undefined
  readonly organisation?: string | null | undefined
  readonly client?: string | undefined
  /** Codes and identifiers only: no name, no address, no secret. */
  readonly details?: Readonly<Record<string, string | number | boolean>>
}

/** Adds a line to the journal, in the transaction of what it tells when there is one (X6). */
export async function record(db: Db<Tables> | Tx<Tables>, entry: JournalEntry): Promise<void> {
  await db
    .insertInto('journal')
    .values({
      event: entry.event,
      account_id: entry.account ?? null,
      organisation_id: entry.organisation ?? null,
      client_id: entry.client ?? null,
      details: JSON.stringify(entry.details ?? {}),
    })
    .execute()
}
