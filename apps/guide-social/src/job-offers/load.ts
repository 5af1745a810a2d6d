import { decide } from '@myanm/permissions'
import type { Person } from '@myanm/relying-party'
import type { Services } from '../services.ts'
import { offerProblem } from './problems.ts'
import { refusalOf } from './refusal.ts'
import type { Offer } from './row.ts'
import { isGone, type Move, mayMove } from './rules.ts'
import { findOffer } from './store.ts'

/** An offer of the organisation this person acts for, and what they want to do with it. */
export interface Wanted {
  readonly person: Person
  readonly number: number
}

/**
 * The offer, for who may make this move with it.
 *
 * @throws Problem `offer-not-found` for what does not exist and for what belongs to others alike;
 *   `role-too-low`, `profile-refused`, `service-closed`
 */
export async function getOfferFor(
  { db, clock }: Pick<Services, 'db' | 'clock'>,
  { person, number }: Wanted,
  move: Move,
): Promise<Offer> {
  if (!person.organisation) {
    // Said before looking: in their own name nobody has offers, whatever the number.
    const decision = decide(person.actor, 'ad.emploi.publish')
    if (!decision.allowed) throw refusalOf(decision, person, move)
  }
  const offer = await findOffer(db, number)
  if (!offer || isGone(offer, clock.now())) throw offerProblem('offer-not-found')
  const decision = mayMove(person, offer, move)
  if (!decision.allowed) throw refusalOf(decision, person, move)
  return offer
}
