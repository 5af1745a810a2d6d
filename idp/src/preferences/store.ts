import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { ConsentEvent, ConsentWay } from './rules.ts'

export interface Newsletter {
  readonly key: string
  readonly site: string
  readonly title: string
  readonly description: string
}

export function listNewsletters(db: Db<Tables> | Tx<Tables>): Promise<Newsletter[]> {
  return db
    .selectFrom('newsletter')
    .select(['key', 'site', 'title', 'description'])
    .orderBy('position')
    .execute()
}

export async function findNewsletter(db: Db<Tables>, key: string): Promise<Newsletter | null> {
  const all = await listNewsletters(db)
  return all.find((newsletter) => newsletter.key === key) ?? null
}

export interface Consent {
  readonly newsletter: string
  readonly event: ConsentEvent
  readonly at: Date
}

/** The last thing that happened to each subscription of a person. */
export async function lastConsents(
  db: Db<Tables> | Tx<Tables>,
  account: string,
): Promise<ReadonlyMap<string, Consent>> {
  const rows = await db
    .selectFrom('newsletter_consent')
    .distinctOn('newsletter')
    .select(['newsletter', 'event', 'at'])
    .where('account_id', '=', account)
    .orderBy('newsletter')
    .orderBy('id', 'desc')
    .execute()
  return new Map(rows.map((row) => [row.newsletter, row as Consent]))
}

/** Those who change what one person receives at once do so one after the other. */
export async function lockSubscriber(tx: Tx<Tables>, account: string): Promise<boolean> {
  const { rows } = await sql`select from account
    where id = ${account}::uuid and state <> 'deleted' for no key update`.execute(tx)
  return rows.length > 0
}

export async function addConsent(
  tx: Tx<Tables>,
  consent: {
    readonly account: string
    readonly newsletter: string
    readonly event: ConsentEvent
    readonly how: ConsentWay
  },
): Promise<void> {
  await tx
    .insertInto('newsletter_consent')
    .values({
      account_id: consent.account,
      newsletter: consent.newsletter,
      event: consent.event,
      how: consent.how,
    })
    .execute()
}
