import { type PerRequest, perRequest } from '@myanm/chassis'
import type { Person } from './api.ts'
import { inOwnName } from './person.ts'
import type { Session } from './sessions/session.ts'

/** Who asks, for as long as a request lasts. */
export interface Visit {
  session?: Session
  /** The fresh look of this request: asked for twice, it is had once. */
  fresh?: Promise<Person>
  /** The page shows that an organisation was left: it need not be said again. */
  toldLeft?: boolean
  /** The form this request was sent with was shown to somebody else in this browser. */
  isOfSomebodyElse?: boolean
  /** Their rights have changed and MyANM does not answer: they are shown the site in their own name. */
  isLimited?: boolean
}

export const visits: PerRequest<Visit> = perRequest<Visit>('visit')

/**
 * Rights that are known to have changed are not used, whatever MyANM's state: who asks is read in their
 * own name until it says what holds now.
 */
export function visitOf(session: Session): Pick<Visit, 'session' | 'isLimited'> {
  if (!session.isStale) return { session, isLimited: false }
  return { session: { ...session, person: inOwnName(session.person) }, isLimited: true }
}
