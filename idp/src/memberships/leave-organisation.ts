import type { Tx } from '@myanm/database'
import { decide } from '@myanm/permissions'
import { standingOf } from '#accounts'
import { endMembership, lockOrganisation } from '#organisations'
import type { Tables } from '../tables.ts'
import { tellEnd } from './letters.ts'
import { actorOf, type MoveRefusal } from './rules.ts'

/**
 * Somebody leaves a team of their own accord (P29): everybody but who leads it, who hands over first
 * (E16). They are written to all the same: it might have been somebody else at their screen.
 */
export async function leaveOrganisation(
  tx: Tx<Tables>,
  given: { readonly organisation: string; readonly account: string },
): Promise<Extract<MoveRefusal, 'not-of-team' | 'leads'> | null> {
  const { organisation, account } = given
  await lockOrganisation(tx, organisation)
  const standing = await standingOf(tx, account, organisation)
  if (!standing?.organisation) return 'not-of-team'
  const decision = decide(actorOf(standing), 'org.leave', { organisationId: organisation })
  if (!decision.allowed) return 'leads'
  await endMembership(tx, { organisation, account, by: account, how: 'left' })
  await tellEnd(tx, { organisation, account })
  return null
}
