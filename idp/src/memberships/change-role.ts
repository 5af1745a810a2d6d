import type { Tx } from '@myanm/database'
import { record } from '#journal'
import { changeRole } from '#organisations'
import type { Tables } from '../tables.ts'
import { type Decision, decideOnMember } from './decide-on-member.ts'
import { tellRole } from './letters.ts'
import type { GivenRole, MoveRefusal } from './rules.ts'
import { closeRequestsFor } from './waiting-store.ts'

/**
 * Gives a member another role, or the same one for another time (P23, M33). To the same role without a
 * change of its last day nothing happens: nobody is told of what did not change. Lowering the last
 * RESPONSABLE takes a fresh proof, as removing them does (4.3.5).
 * @param given.lastDay `2027-01-31`, after which the person is no longer of the team; null for good
 */
export async function changeMemberRole(
  tx: Tx<Tables>,
  given: Decision & { readonly role: GivenRole; readonly lastDay: string | null },
): Promise<MoveRefusal | null> {
  const { organisation, role, lastDay, by } = given
  const { refusal, member } = await decideOnMember(tx, {
    ...given,
    action: 'team.role',
    roles: [role],
    // Somebody who stays RESPONSABLE is not taken away from anybody.
    isProved: given.isProved || role === 'RESPONSABLE',
  })
  if (refusal) return refusal
  const { account, role: before } = member
  const hasOtherDay = member.ends_on !== lastDay
  if (before === role && !hasOtherDay) return null
  await changeRole(tx, { organisation, account, by: by.account, role, endsOn: lastDay })
  await closeRequestsFor(tx, { organisation, account, role })
  if (hasOtherDay) {
    await record(tx, {
      event: 'role-given-until',
      organisation,
      account,
      by: by.account,
      details: { role, until: lastDay ?? 'none' },
    })
  }
  await tellRole(tx, { organisation, account, before, role, lastDay })
  return null
}
