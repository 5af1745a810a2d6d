/** What two of the team decide about two organisations that are one (ahead 5). */
export type MergeKind = 'merge' | 'unmerge'

/** As much of an organisation as says which of two stays. */
export interface Candidate {
  readonly state: 'active' | 'vacant' | 'closed'
  readonly hasCeased: boolean
  readonly members: number
  readonly registeredAt: Date
}

/**
 * Which of two probably stays: the one the register still has, that has its GESTIONNAIRE, whose team is
 * larger, that was here first. Only proposed: whoever looks may turn it round.
 */
export function likelyKept(one: Candidate, other: Candidate): 'one' | 'other' {
  if (one.hasCeased !== other.hasCeased) return one.hasCeased ? 'other' : 'one'
  const [isOneLed, isOtherLed] = [one.state === 'active', other.state === 'active']
  if (isOneLed !== isOtherLed) return isOneLed ? 'one' : 'other'
  if (one.members !== other.members) return one.members > other.members ? 'one' : 'other'
  return one.registeredAt <= other.registeredAt ? 'one' : 'other'
}

/** Why two cannot be merged as they are now. */
export type PairRefusal = 'same' | 'other-kind' | 'closed' | 'not-led'

export function refusalToMerge(
  kept: { readonly id: string; readonly kind: string; readonly state: string },
  gone: { readonly id: string; readonly kind: string; readonly state: string },
): PairRefusal | null {
  if (kept.id === gone.id) return 'same'
  if (kept.kind !== gone.kind) return 'other-kind'
  if (kept.state === 'closed' || gone.state === 'closed') return 'closed'
  // The team of the other would come under nobody.
  return kept.state === 'active' ? null : 'not-led'
}
