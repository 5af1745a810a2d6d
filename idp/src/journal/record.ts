import type { Db, Tx } from '@myanm/database'
import type { Tables } from '../tables.ts'
import type { JournalEvent } from './rules.ts'

export interface JournalEntry {
  readonly event: JournalEvent
  readonly account?: string | undefined
  /** Who decided it, where that is somebody else than the account it is about. */
  readonly by?: string | undefined
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
      actor_id: entry.by ?? null,
      organisation_id: entry.organisation ?? null,
      client_id: entry.client ?? null,
      details: JSON.stringify(entry.details ?? {}),
    })
    .execute()
}

/**
 * The same as a part of a larger statement, where one more would be a round trip at every sign-in
 * (yardsticks P9).
 * @param rows a query that answers `event`, `account_id`, `organisation_id` and `client_id`
 */
export function recordingSql(rows: string): string {
  return `insert into journal (event, account_id, organisation_id, client_id, details)
    select event, account_id, organisation_id, client_id, '{}' from (${rows}) line`
}

/** The same line for each of many accounts, in one statement. */
export async function recordOfMany(
  tx: Tx<Tables>,
  entry: Omit<JournalEntry, 'account'> & { readonly accounts: readonly string[] },
): Promise<void> {
  if (entry.accounts.length === 0) return
  const details = JSON.stringify(entry.details ?? {})
  await tx
    .insertInto('journal')
    .values(entry.accounts.map((account_id) => ({ event: entry.event, account_id, details })))
    .execute()
}

/** Many lines that are not the same, in one statement. */
export async function recordEach(tx: Tx<Tables>, entries: readonly JournalEntry[]): Promise<void> {
  if (entries.length === 0) return
  await tx
    .insertInto('journal')
    .values(
      entries.map(({ event, account, by, organisation, client, details = {} }) => ({
        event,
        account_id: account ?? null,
        actor_id: by ?? null,
        organisation_id: organisation ?? null,
        client_id: client ?? null,
        details: JSON.stringify(details),
      })),
    )
    .execute()
}
