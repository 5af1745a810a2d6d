/** Twice a year: half a year after the last review, or after the organisation came (ahead 12). */
export const REVIEW_EVERY_DAYS = 182

/** After so many days without the last answer: the GESTIONNAIRE once more, then the RESPONSABLES. */
export const REMINDED_AFTER_DAYS = [14, 28] as const

export const ANSWERS = ['kept', 'lowered', 'removed'] as const
export type Answer = (typeof ANSWERS)[number]

/** What is done about a review that is open for so many days; null when nothing is due. */
export function reminderDue(
  openedAt: Date,
  { reminders, now }: { readonly reminders: number; readonly now: Date },
): 'reminder' | 'escalated' | null {
  const after = REMINDED_AFTER_DAYS[reminders]
  if (after === undefined) return null
  const days = (now.getTime() - openedAt.getTime()) / 86_400_000
  if (days < after) return null
  return reminders === 0 ? 'reminder' : 'escalated'
}
