import { type PerRequest, perRequest } from '@myanm/chassis'
import type { Person } from './api.ts'
import type { Session } from './sessions/session.ts'

/** Who asks, for as long as a request lasts. */
export interface Visit {
  session?: Session
  /** The fresh look of this request: asked for twice, it is had once. */
  fresh?: Promise<Person>
  /** The page shows that an organisation was left: it need not be said again. */
  toldLeft?: boolean
  /** Their rights have changed and MyANM does not answer: they are shown the site in their own name. */
  isLimited?: boolean
}

export const visits: PerRequest<Visit> = perRequest<Visit>('visit')
