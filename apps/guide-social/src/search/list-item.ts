import type { Translate } from '@myanm/chassis'
import { addressOf, dayOf, deadlineText, factsLine, payText } from '#job-offers'
import type { ListedOffer } from './store.ts'

/** How long an offer is new, in milliseconds. */
const NEW_FOR = 3 * 86_400_000

/** A row of the list, as it reads. */
export function listItem(t: Translate, offer: ListedOffer, now: Date) {
  return {
    title: offer.title,
    href: addressOf(offer),
    line: factsLine(t, offer.organisationName, offer),
    pay: payText(t, offer),
    deadline: deadlineText(t, offer.endsOn, dayOf(now)),
    isNew: now.getTime() - offer.publishedAt.getTime() < NEW_FOR,
  }
}
