import type { Tx } from '@myanm/database'
import { endMembership } from '#organisations'
import type { Tables } from '../tables.ts'
import { type Decision, decideOnMember } from './decide-on-member.ts'
import { tellEnd } from './letters.ts'
import type { MoveRefusal } from './rules.ts'

/**
 * Takes somebody out of a team (P24): by its GESTIONNAIRE, or by the team of the ANM, whose page has seen
 * to it that they are of that team. What they did for the organisation stays the organisation's.
 */
export async function removeMember(
  tx: Tx<Tables>,
  given: Decision & { readonly because?: string },
): Promise<MoveRefusal | null> {
  const { organisation, by, because } = given
  const { refusal, member } = await decideOnMember(tx, {
    ...given,
    action: 'team.remove',
    roles: [],
  })
  if (refusal) return refusal
  const { account } = member
  await endMembership(tx, {
    organisation,
    account,
    by: by.account,
    how: 'removed',
    ...(because !== undefined && { because }),
  })
  await tellEnd(tx, { organisation, account })
  return null
}
