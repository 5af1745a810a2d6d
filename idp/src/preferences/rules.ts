/** What happened to the subscription of one person to one newsletter; only ever added to. */
export type ConsentEvent = 'asked' | 'confirmed' | 'ended'

/** By which way; each is a door somebody really went through. */
export type ConsentWay =
  | 'registration'
  | 'preferences'
  | 'link'
  | 'code'
  | 'stop-link'
  | 'one-click'

/** `pending`: asked for, the mailbox has not confirmed it yet (double opt-in, ML28). */
export type Subscription = 'off' | 'pending' | 'on'

const WEEK = 7 * 24 * 3_600_000

/**
 * Where a subscription stands, from the last thing that happened to it. What nobody confirmed within
 * the life of the link is as if it had never been asked for.
 */
export function subscriptionOf(
  last: { readonly event: ConsentEvent; readonly at: Date } | null,
  now: Date,
): Subscription {
  if (last === null || last.event === 'ended') return 'off'
  if (last.event === 'confirmed') return 'on'
  return now.getTime() - last.at.getTime() < WEEK ? 'pending' : 'off'
}

/** Which switches were moved, and which way, by saving this choice. */
export function movesOf(
  standing: ReadonlyMap<string, Subscription>,
  chosen: readonly string[],
): { readonly on: string[]; readonly off: string[] } {
  const all = [...standing]
  return {
    on: all.filter(([key, is]) => is === 'off' && chosen.includes(key)).map(([key]) => key),
    off: all.filter(([key, is]) => is !== 'off' && !chosen.includes(key)).map(([key]) => key),
  }
}

/** « Newsletter Emploi » (Guide Social): its name in a sentence. */
export const nameInSentence = (newsletter: { readonly title: string; readonly site: string }) =>
  `« ${newsletter.title} » (${newsletter.site})`

/** Links that end a newsletter are sealed: posted to by mail programs, without a form of ours (RFC 8058). */
export const isStopLink = (path: string): boolean => path.startsWith('/newsletter/arret/')
