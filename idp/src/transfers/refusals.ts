import type { Problem } from '@myanm/chassis'
import { problem } from '../problems.ts'
import type { TransferRefusal } from './rules.ts'

/** The page of an organisation's GESTIONNAIRE, and what is below it. */
export const managerPath = (organisation: string, rest = ''): string =>
  `/organismes/${organisation}/gestionnaire${rest}`

/** A step that is refused, as a page with the way back to how things are now. */
export function transferProblem(because: TransferRefusal, organisation: string): Problem {
  const back = { key: 'transfers.way.back', href: managerPath(organisation) }
  const again = { key: 'transfers.way.choose', href: managerPath(organisation, '/transferer') }
  const team = { key: 'transfers.way.team', href: `/organismes/${organisation}/equipe` }
  return problem(`transfer-${because}`, {
    ways: [
      ...(because === 'not-responsable' ? [team] : []),
      ...(because === 'not-available' ? [again] : []),
      back,
    ],
  })
}
