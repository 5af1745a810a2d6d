import { findAccount } from '#accounts'
import { halfwayOf, type Journey } from '#journeys'
import type { ProofName } from '#proofs'
import type { RegistrationNeeds } from './needs.ts'
import { registrationOf, resumedOf } from './progress.ts'
import { findFiller, findRegistration, type Registration } from './store.ts'

/** Somebody who waits for their mail on this journey. */
export interface Waiting {
  readonly account: string
  readonly email: string
  /** Null for an account that has none: one that was carried over. */
  readonly registration: Registration | null
  /** They registered on this very journey: they may still correct the address. */
  readonly isOwn: boolean
}

/**
 * Who registered on this journey, or has just given the password of a registration; else who has just given the right password of an account that waits
 * to be confirmed (E03). Null when nobody waits here any longer.
 */
export async function whoWaits(
  { db }: Pick<RegistrationNeeds, 'db'>,
  { journey, now }: { readonly journey: Journey; readonly now: Date },
): Promise<Waiting | null> {
  const known = registrationOf(journey) ?? resumedOf(journey, now)
  const registration = known === null ? undefined : await findRegistration(db, known)
  if (registration) {
    const { account_id: account, email } = registration
    return { account, email, registration, isOwn: registration.journey === journey.uid }
  }
  const halfway = halfwayOf(journey, now)
  const account = halfway && (await findAccount(db, halfway.account))
  if (account?.state !== 'unconfirmed' || account.email === null) return null
  return {
    account: account.id,
    email: account.email,
    registration: (await findFiller(db, account.id)) ?? null,
    isOwn: false,
  }
}

/** The link that was mailed to them, by its name. */
export const proofOf = ({ account, registration }: Waiting): ProofName => ({
  account,
  purpose: 'confirm-email',
  subject: registration?.id ?? '',
})
