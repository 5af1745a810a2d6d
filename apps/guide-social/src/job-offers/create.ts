import { decide } from '@myanm/permissions'
import type { Person } from '@myanm/relying-party'
import type { Services } from '../services.ts'
import type { OfferContent } from './content.ts'
import { dayOf } from './day.ts'
import { refusalOf } from './refusal.ts'
import type { Offer } from './row.ts'
import { type Shortcomings, shortcomingsFor } from './rules.ts'
import { findSubmitted, insertOffer, recordVersion } from './store.ts'

export interface NewOffer {
  readonly person: Person
  readonly content: OfferContent
  /** Names the form: sent twice, it makes one offer. */
  readonly submission: string
  readonly as: 'draft' | 'published'
}

export type Created =
  | { readonly is: 'done'; readonly offer: Offer }
  | { readonly is: 'incomplete'; readonly shortcomings: Shortcomings }

/**
 * Makes a new offer of the organisation the person acts for (P3).
 *
 * @throws Problem `role-too-low`, `profile-refused`, `service-closed`; `organisation-to-check` for what
 *   would not stay a draft
 */
export async function createOffer(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  { person, content, submission, as }: NewOffer,
): Promise<Created> {
  const { organisation, sub } = person
  const decision = decide(person.actor, 'ad.emploi.publish', { state: as })
  if (!decision.allowed) throw refusalOf(decision, person, 'publish')
  if (!organisation) throw new Error('An offer without organisation was allowed')

  const now = clock.now()
  const shortcomings = shortcomingsFor(as, content, dayOf(now))
  if (shortcomings.size > 0) return { is: 'incomplete', shortcomings }
  const life =
    as === 'published'
      ? { state: as, publishedAt: now, publishedUntil: content.endsOn }
      : { state: as }

  const offer = await db.transaction().execute(async (tx) => {
    const form = { authorSub: sub, submission }
    const made = await insertOffer(tx, { ...form, organisation, content, life, now })
    if (!made) return undefined
    const what = as === 'published' ? 'published' : 'created'
    await recordVersion(tx, made, { what, bySub: sub })
    return made
  })
  const settled = offer ?? (await findSubmitted(db, { authorSub: sub, submission }))
  // Purged between the two statements, 30 days after its deletion.
  if (!settled) throw new Error('The offer of this form is gone')
  return { is: 'done', offer: settled }
}
