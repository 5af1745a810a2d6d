import type { Db } from '@myanm/database'
import type { Tables } from '../tables.ts'
import type { JournalEvent } from './rules.ts'

/** A line of the journal, as the person it is about may read it (X6, M30). */
export interface OwnEvent {
  readonly id: number
  readonly at: Date
  readonly event: JournalEvent
  /** Names, for whoever reads: of the site, of the organisation. */
  readonly site: string | null
  readonly organisation: string | null
}

/**
 * What happened to one account, the latest first. Paged by key: the thousandth page costs what the
 * first one does.
 * @param page `before`: the last line of the page before; absent for the first
 */
export async function listOwnEvents(
  db: Db<Tables>,
  page: { readonly account: string; readonly before: number | null; readonly most: number },
): Promise<OwnEvent[]> {
  const rows = await db
    .selectFrom('journal')
    .leftJoin('client', 'client.client_id', 'journal.client_id')
    .leftJoin('organisation', 'organisation.id', 'journal.organisation_id')
    .select([
      'journal.id',
      'journal.at',
      'journal.event',
      'client.name as site',
      'organisation.name as organisation',
    ])
    .where('journal.account_id', '=', page.account)
    .$if(page.before !== null, (query) => query.where('journal.id', '<', page.before ?? 0))
    .orderBy('journal.id', 'desc')
    .limit(page.most)
    .execute()
  return rows as unknown as OwnEvent[]
}
