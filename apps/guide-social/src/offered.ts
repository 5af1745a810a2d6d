import { decide } from '@myanm/permissions'
import type { Person } from '@myanm/relying-party'

// What somebody is offered: a visitor may turn out to be anybody, and signs in first; who is known finds
// nothing that would be refused (M18, M34).

/** Whether to offer to publish a job (P3), or to write it while the organisation is being checked (D13). */
export function mayPublish(person: Person | undefined): boolean {
  return (
    person === undefined || decide(person.actor, 'ad.emploi.publish', { state: 'draft' }).allowed
  )
}

/** Whether to offer the list of the organisation's own offers (P10). */
export function mayHaveOffers(person: Person | undefined): boolean {
  return person === undefined || decide(person.actor, 'ad.org.list').allowed
}
