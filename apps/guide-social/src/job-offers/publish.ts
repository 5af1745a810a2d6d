import type { Services } from '../services.ts'
import { changeOnce, type Outcome, type Wish } from './change.ts'
import type { Day } from './content.ts'
import { dayOf } from './day.ts'
import { getOfferFor } from './load.ts'
import type { Offer } from './row.ts'
import { goesOnWithPublication, type Shortcomings, shortcomingsOf } from './rules.ts'

export interface Appearance {
  readonly offer: Pick<Offer, 'publishedAt' | 'publishedUntil'>
  readonly endsOn: Day | null
  readonly now: Date
}

/** What an offer's life becomes when it goes online. */
export function appear({ offer, endsOn, now }: Appearance) {
  const goesOn = goesOnWithPublication(offer, dayOf(now))
  return {
    state: 'published' as const,
    publishedUntil: endsOn,
    ...(!goesOn && { publishedAt: now }),
  }
}

/**
 * Puts an offer online as it reads, for the first time or again (P3 and P8 or P9).
 *
 * @returns `incomplete` with what is missing, when something is
 */
export async function publishOffer(
  services: Pick<Services, 'db' | 'clock'>,
  wish: Wish,
): Promise<Outcome | { is: 'incomplete'; offer: Offer; shortcomings: Shortcomings }> {
  const offer = await getOfferFor(services, wish, 'publish')
  const shortcomings = shortcomingsOf(offer.content, dayOf(services.clock.now()))
  if (shortcomings.size > 0) return { is: 'incomplete', offer, shortcomings }
  return changeOnce(services, wish, {
    is: 'publish',
    what: 'published',
    change: (seen, now) => ({ life: appear({ offer: seen, endsOn: seen.content.endsOn, now }) }),
  })
}
