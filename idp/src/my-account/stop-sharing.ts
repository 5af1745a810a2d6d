import { type Db, transact } from '@myanm/database'
import { withdrawConsent } from '#consents'
import { leaveSite } from '#oidc'
import type { Tables } from '../tables.ts'

/**
 * Takes back what a person shares with a site: the consent first, which a sign-in under way there waits
 * for; then everything the site has on its strength. Nothing of it comes back by itself (ASVS 10.7.3).
 */
export async function stopSharing(
  { db }: { readonly db: Db<Tables> },
  who: { readonly account: string; readonly client: string },
): Promise<void> {
  await transact(db, async (tx) => {
    await withdrawConsent(tx, who)
    await leaveSite(tx, who)
  })
}
