import type { Services } from '../services.ts'
import { type Created, createOffer } from './create.ts'
import { dayOf } from './day.ts'
import { getOfferFor, type Wanted } from './load.ts'
import { offerProblem } from './problems.ts'
import { movesFrom, standingOf } from './rules.ts'

/**
 * Makes a draft of one's own with the text of an offer, to be dated anew (G5).
 *
 * @throws Problem of `getOfferFor`; `offer-moved-on` for what is deleted
 */
export async function duplicateOffer(
  services: Pick<Services, 'db' | 'clock'>,
  wanted: Wanted & { readonly submission: string },
): Promise<Created> {
  const { person, submission } = wanted
  const offer = await getOfferFor(services, wanted, 'duplicate')
  const today = dayOf(services.clock.now())
  const standing = standingOf({ state: offer.state, endsOn: offer.content.endsOn }, today)
  if (!movesFrom(standing).includes('duplicate')) throw offerProblem('offer-moved-on')
  const content = { ...offer.content, endsOn: null, startsOn: null }
  return createOffer(services, { person, content, submission, as: 'draft' })
}
