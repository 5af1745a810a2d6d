import type { Problem } from '@myanm/chassis'
import type { Refused } from '@myanm/permissions'
import type { Person } from '@myanm/relying-party'
import { offerProblem } from './problems.ts'
import type { Move } from './rules.ts'

/** What the person was about to do, for the title of the page that says no. */
export type Doing = Move | 'list'

/**
 * Why not, in the words of 4.7. Role and service are told apart (M40); an offer of another organisation
 * answers as one that does not exist.
 */
export function refusalOf(refused: Refused, person: Person, doing: Doing): Problem {
  const { actor, organisation } = person
  const values = { doing, organisation: organisation?.name ?? '' }
  switch (refused.because) {
    case 'other-organisation':
      return offerProblem('offer-not-found')
    case 'role-too-low':
    case 'not-yours':
      return offerProblem('role-too-low', {
        values: { ...values, role: organisation?.role ?? '', needs: refused.needs?.role ?? '' },
      })
    case 'profile':
    case 'needs-organisation':
      return offerProblem('profile-refused', { values: { ...values, profile: profileOf(person) } })
    case 'service-closed': {
      const acting = actor.kind === 'person' ? actor.organisation : undefined
      const form = acting?.kind === 'academie' ? 'academie' : (acting?.legalForm ?? '')
      return offerProblem('service-closed', { values: { ...values, form } })
    }
    case 'to-check':
      return offerProblem('organisation-to-check', { values })
    default:
      return offerProblem('not-allowed', { values })
  }
}

/** In one's own name: the rights of a particulier, or of an indépendant if registered so (5.1). */
function profileOf({ accountType }: Person): string {
  return accountType === 'independant' ? 'independant' : 'particulier'
}
