import type { Services } from '../services.ts'
import { changeOnce, type Outcome, type Wish } from './change.ts'
import { recoverableSince } from './rules.ts'
import { purgeDeleted } from './store.ts'

/** Most offers really deleted in passing. */
const PURGED_AT_ONCE = 100

/** Deletes an offer: 30 days recoverable, then gone (6.4). Those whose time is over go in passing. */
export async function removeOffer(
  services: Pick<Services, 'db' | 'clock'>,
  wish: Wish,
): Promise<Outcome> {
  const outcome = await changeOnce(services, wish, {
    is: 'remove',
    what: 'deleted',
    change: (_, now) => ({ life: { state: 'deleted', deletedAt: now } }),
  })
  await purgeDeleted(services.db, recoverableSince(services.clock.now()), PURGED_AT_ONCE)
  return outcome
}
