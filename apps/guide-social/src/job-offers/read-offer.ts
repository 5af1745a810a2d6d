import type { Typed } from '@myanm/chassis'
import type { Person } from '@myanm/relying-party'
import type { OfferContent } from './content.ts'
import { type Mistakes, readOffer } from './forms.ts'
import type { Offer } from './row.ts'
import { changesFunction, isOutsideSector } from './rules.ts'

/** What this person typed, with the mistakes that depend on who they are and on what the offer was. */
export function readOfferOf(
  person: Person,
  typed: Typed,
  before?: Offer,
): { content: OfferContent; mistakes: Mistakes } {
  const { content, mistakes } = readOffer(typed)
  const more = new Map(mistakes)
  if (isOutsideSector(person.actor, content)) {
    more.set('fonction', 'job-offers.error.function-outside-sector')
  }
  if (before && changesFunction(before, content)) {
    more.set('fonction', 'job-offers.error.function-fixed')
  }
  return { content, mistakes: more }
}
