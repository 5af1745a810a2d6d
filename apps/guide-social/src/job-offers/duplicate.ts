import type { Services } from '../services.ts'
import { type Created, createOffer } from './create.ts'
import { getOfferFor, type Wanted } from './load.ts'

/** Makes a draft of one's own with the text of an offer, to be dated anew (G5). */
export async function duplicateOffer(
  services: Pick<Services, 'db' | 'clock'>,
  wanted: Wanted & { readonly submission: string },
): Promise<Created> {
  const { person, submission } = wanted
  const offer = await getOfferFor(services, wanted, 'duplicate')
  const content = { ...offer.content, endsOn: null, startsOn: null }
  return createOffer(services, { person, content, submission, as: 'draft' })
}
