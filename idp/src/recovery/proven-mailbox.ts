import type { Journey } from '#journeys'
import type { Proof } from '#proofs'

/** How long somebody may think about a password after the code, in milliseconds. */
const PATIENCE = 30 * 60_000

interface Kept {
  readonly proof: string
  readonly account: string
  readonly provenAt: number
}

/**
 * Keeps that the code of a first sign-in was right. Kept with the journey, so bound to this browser; the
 * proof is used up with the password it allows, not before.
 */
export async function keepProvenMailbox(journey: Journey, proof: Proof, now: Date): Promise<void> {
  const mailbox: Kept = { proof: proof.id, account: proof.account_id, provenAt: now.getTime() }
  const { interaction } = journey
  interaction.result = { ...interaction.result, mailbox }
  await interaction.persist()
}

/** Whose mailbox was proven in this journey, and by which proof; null when it was not, or long ago. */
export function provenMailboxOf(journey: Journey, now: Date): Omit<Kept, 'provenAt'> | null {
  const kept = (journey.interaction.result as { mailbox?: Kept } | undefined)?.mailbox
  return kept && now.getTime() - kept.provenAt <= PATIENCE ? kept : null
}
