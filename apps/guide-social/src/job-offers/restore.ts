import type { Services } from '../services.ts'
import { changeOnce, type Outcome, type Wish } from './change.ts'
import { restoredState } from './rules.ts'

/** Brings a deleted offer back, offline: who restores it looks at it before it is public again. */
export function restoreOffer(
  services: Pick<Services, 'db' | 'clock'>,
  wish: Wish,
): Promise<Outcome> {
  return changeOnce(services, wish, {
    is: 'restore',
    what: 'restored',
    change: (offer) => ({ life: { state: restoredState(offer), deletedAt: null } }),
  })
}
