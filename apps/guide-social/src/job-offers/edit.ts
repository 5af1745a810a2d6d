import { isDeepStrictEqual } from 'node:util'
import type { Services } from '../services.ts'
import { changeOnce, type Outcome, type Wish } from './change.ts'
import type { OfferContent } from './content.ts'
import { dayOf } from './day.ts'
import { type Appearance, appear } from './publish.ts'
import type { Offer } from './row.ts'
import { standingOf, stateAfterEdit } from './rules.ts'
import { slugOf } from './slug.ts'

/** Where saving leaves the offer: where it was, or online. */
export type Intent = 'keep' | 'publish'

/**
 * Saves what an offer says, and puts it online if so wished. The caller has held the text against
 * `shortcomingsFor` the state to come; the database holds it again.
 */
export function editOffer(
  services: Pick<Services, 'db' | 'clock'>,
  wish: Wish & { readonly content: OfferContent; readonly intent: Intent },
): Promise<Outcome> {
  const { person, content, intent } = wish
  return changeOnce(services, wish, {
    is: intent === 'publish' ? 'publish' : 'edit',
    what: intent === 'publish' ? 'published' : 'edited',
    change: (offer, now) => ({
      life: lifeAfter(offer, { content, intent, now }),
      text: {
        content,
        organisationName: person.organisation?.name ?? offer.organisationName,
        // The address stays what it was when the offer first came out.
        slug: offer.publishedAt === null ? slugOf(content.title) : offer.slug,
      },
    }),
    isMade: (current) => isDeepStrictEqual(current.content, content),
  })
}

/** The state that saving leads to. */
export function stateToBe(offer: Offer, intent: Intent, now: Date) {
  if (intent === 'publish') return 'published'
  return stateAfterEdit(
    standingOf({ state: offer.state, endsOn: offer.content.endsOn }, dayOf(now)),
  )
}

function lifeAfter(offer: Offer, edit: { content: OfferContent; intent: Intent; now: Date }) {
  const state = stateToBe(offer, edit.intent, edit.now)
  if (state !== 'published') return { state }
  const appearance: Appearance = { offer, endsOn: edit.content.endsOn, now: edit.now }
  return edit.intent === 'publish'
    ? appear(appearance)
    : { state, publishedUntil: edit.content.endsOn }
}
