import { transact } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { removeMember } from '#memberships'
import { refuseRescue } from '#transfers'
import type { Needs } from '../services.ts'
import { saveOrganisationAction } from './organisations-store.ts'
import type { StaffRefusal } from './rules.ts'
import { holdMember } from './store.ts'

interface Gesture {
  readonly staff: string
  readonly organisation: string
  readonly reason: string
}

/** Takes somebody out of a team, never who leads it (P24). Justified, and written down. */
export function removeFromTeam(
  { db }: Needs<'db'>,
  given: Gesture & {
    readonly membership: string
    readonly account: string
    /** The role that was on the page. */
    readonly seen: Role
  },
): Promise<StaffRefusal | null> {
  const { staff, organisation, membership, account, seen, reason } = given
  return transact(db, async (tx) => {
    if (!(await holdMember(tx, staff))) return 'not-staff'
    if (account === staff) return 'own-account'
    const by = { as: 'staff', account: staff } as const
    const because = 'by-the-team'
    const decision = { organisation, membership, by, seen, isProved: true, because }
    const refusal = await removeMember(tx, decision)
    if (refusal) return refusal === 'leads' ? 'leads' : 'not-now'
    await saveOrganisationAction(tx, {
      action: 'remove-member',
      ...{ organisation, account, staff, reason },
    })
    return null
  })
}

/** Refuses a take-over: the organisation stays vacant, which is why one of the team may do it alone. */
export function refuseTakeOver(
  { db }: Needs<'db'>,
  given: Gesture & { readonly rescue: string },
): Promise<StaffRefusal | null> {
  const { staff, organisation, rescue, reason } = given
  return transact(db, async (tx) => {
    if (!(await holdMember(tx, staff))) return 'not-staff'
    const refused = await refuseRescue(tx, { organisation, rescue, staff })
    if (!refused) return 'not-now'
    await saveOrganisationAction(tx, {
      action: 'refuse-rescue',
      ...{ organisation, account: refused.account, staff, reason },
    })
    return null
  })
}
