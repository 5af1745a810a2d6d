import type { Db } from '@myanm/database'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import { saveConsent } from './store.ts'

/** Keeps what a person agreed to share with a site, and the proof of it. */
export async function giveConsent(
  { db }: { readonly db: Db<Tables> },
  consent: {
    readonly account: string
    readonly client: string
    readonly scopes: readonly string[]
  },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await saveConsent(tx, consent)
    await record(tx, {
      event: 'consent-given',
      account: consent.account,
      client: consent.client,
      details: { scopes: consent.scopes.join(' ') },
    })
  })
}
