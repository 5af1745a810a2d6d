import type { SignedIn } from './complete-sign-in.ts'
import type { Journey } from './journey.ts'

/** How long somebody may stand between the password and the rest, in milliseconds. */
const PATIENCE = 15 * 60_000

interface Kept extends SignedIn {
  readonly provenAt: number
}

/**
 * Keeps that somebody has proven the first thing asked of them and is not let in yet: a second factor,
 * a new password, an address to confirm. Kept with the journey, so bound to this browser, and no session.
 */
export async function goHalfway(journey: Journey, person: SignedIn, now: Date): Promise<void> {
  const halfway: Kept = { ...person, provenAt: now.getTime() }
  const { interaction } = journey
  interaction.result = { ...interaction.result, halfway }
  await interaction.persist()
}

/** Who stands halfway in this journey; null when nobody does, or has for too long. */
export function halfwayOf(journey: Journey, now: Date): SignedIn | null {
  const kept = (journey.interaction.result as { halfway?: Kept } | undefined)?.halfway
  if (!kept || now.getTime() - kept.provenAt > PATIENCE) return null
  const { provenAt: _, ...person } = kept
  return person
}
