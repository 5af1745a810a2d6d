import type { SignedIn } from './complete-sign-in.ts'
import type { Journey } from './journey.ts'

/** How long somebody may stand between the password and the rest, in milliseconds. */
const PATIENCE = 15 * 60_000

interface Kept extends SignedIn {
  readonly provenAt: number
}

/**
 * Where somebody may stand on a journey without being in: past all that was asked to prove who they are
 * (`halfway`), or past the password alone (`owing`, a second factor). Never the same: whoever owes a
 * second factor may not be taken for somebody who only has a new password to choose.
 */
type Place = 'halfway' | 'owing'

/**
 * Keeps that somebody has proven who they are and is not let in yet: a new password, an address to
 * confirm. Kept with the journey, so bound to this browser, and no session.
 */
export function goHalfway(journey: Journey, person: SignedIn, now: Date): Promise<void> {
  return keep(journey, 'halfway', { ...person, provenAt: now.getTime() })
}

/** Who stands halfway in this journey; null when nobody does, or has for too long. */
export function halfwayOf(journey: Journey, now: Date): SignedIn | null {
  return find(journey, 'halfway', now)
}

/** Keeps that somebody has given the right password and owes a second factor. */
export function oweSecondFactor(journey: Journey, person: SignedIn, now: Date): Promise<void> {
  return keep(journey, 'owing', { ...person, provenAt: now.getTime() })
}

/** Who owes a second factor in this journey; null when nobody does, or has for too long. */
export function owingOf(journey: Journey, now: Date): SignedIn | null {
  return find(journey, 'owing', now)
}

async function keep({ interaction }: Journey, place: Place, person: Kept): Promise<void> {
  // Somewhere else than before: nobody stands in two places.
  const { halfway: _, owing: __, ...rest } = (interaction.result ?? {}) as Record<string, unknown>
  interaction.result = { ...rest, [place]: person }
  await interaction.persist()
}

function find({ interaction }: Journey, place: Place, now: Date): SignedIn | null {
  const kept = (interaction.result as Partial<Record<Place, Kept>> | undefined)?.[place]
  if (!kept || now.getTime() - kept.provenAt > PATIENCE) return null
  const { provenAt: _, ...person } = kept
  return person
}
