import type { Tx } from '@myanm/database'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import { endConsent } from './store.ts'

/**
 * Takes back what a person shares with a site, in the caller's transaction, which also ends what the
 * site has on its strength. The row stays, with its date: the proof that it was given, and until when.
 *
 * @returns false when there was nothing to take back
 */
export async function withdrawConsent(
  tx: Tx<Tables>,
  who: { readonly account: string; readonly client: string },
): Promise<boolean> {
  const isEnded = await endConsent(tx, who)
  if (isEnded) await record(tx, { event: 'consent-withdrawn', ...who })
  return isEnded
}
