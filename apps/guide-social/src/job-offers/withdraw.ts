import type { Services } from '../services.ts'
import { changeOnce, type Outcome, type Wish } from './change.ts'

/** Takes an offer offline; it can come back (6.4). */
export function withdrawOffer(
  services: Pick<Services, 'db' | 'clock'>,
  wish: Wish,
): Promise<Outcome> {
  return changeOnce(services, wish, {
    is: 'withdraw',
    what: 'withdrawn',
    change: () => ({ life: { state: 'withdrawn' } }),
  })
}
