import { formatCompanyNumber } from '@myanm/chassis'
import { isUniqueViolation, transact } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { cancelForTeam } from '#invitations'
import { record } from '#journal'
import { post } from '#mail'
import { removeMember } from '#memberships'
import { correctIdentity } from '#organisation-data'
import { findManager, findMembership, findOrganisation, type Identity } from '#organisations'
import { nameInMail } from '#rules/mail'
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
    const refused = await refuseRescue(tx, { organisation, rescue, staff, reason })
    if (!refused) return 'not-now'
    await saveOrganisationAction(tx, {
      action: 'refuse-rescue',
      ...{ organisation, account: refused.account, staff, reason },
    })
    return null
  })
}

/** Cancels an invitation nobody has answered (P22): its sender is told why. */
export function cancelInvitationOf(
  { db }: Needs<'db'>,
  given: Gesture & { readonly invitation: string; readonly now: Date },
): Promise<StaffRefusal | null> {
  const { staff, organisation, invitation, reason, now } = given
  return transact(db, async (tx) => {
    if (!(await holdMember(tx, staff))) return 'not-staff'
    if (await findMembership(tx, { organisation, account: staff })) return 'own-organisation'
    const gesture = { organisation, invitation, by: staff, reason, now }
    const cancelled = await cancelForTeam(tx, gesture)
    if (!cancelled) return 'not-now'
    await saveOrganisationAction(tx, {
      action: 'cancel-invitation',
      ...{ organisation, account: cancelled.invitedBy, staff, reason },
    })
    return null
  })
}

/**
 * Opens an organisation's journal to one of the team for a while (P38): that they read it, and why, is
 * written before they do. Nobody reads that of their own organisation this way.
 * @returns the reading
 */
export function openJournal(
  { db }: Needs<'db'>,
  { staff, organisation, reason }: Gesture,
): Promise<{ readonly reading: string } | { readonly refusal: StaffRefusal }> {
  return transact(db, async (tx) => {
    if (!(await holdMember(tx, staff))) return { refusal: 'not-staff' }
    if (await findMembership(tx, { organisation, account: staff })) {
      return { refusal: 'own-organisation' }
    }
    const action = 'read-journal'
    const reading = await saveOrganisationAction(tx, {
      ...{ action, organisation, account: null, staff, reason },
    })
    await record(tx, { event: 'staff-read-organisation-journal', organisation, by: staff })
    return { reading }
  })
}

export type Correction = StaffRefusal | 'same' | 'unknown-number' | 'number-taken'

/**
 * Corrects number, legal form and sector of an organisation (M39, P15): justified, written down, told to
 * who leads it.
 */
export async function correctOrganisation(
  { db }: Needs<'db'>,
  given: Gesture & Identity & { readonly version: number },
): Promise<Correction | null> {
  const { staff, organisation, reason } = given
  try {
    return await transact(db, async (tx) => {
      if (!(await holdMember(tx, staff))) return 'not-staff'
      if (await findMembership(tx, { organisation, account: staff })) return 'own-organisation'
      const outcome = await correctIdentity(tx, { ...given, by: staff })
      if (outcome !== 'corrected') return outcome
      await saveOrganisationAction(tx, {
        ...{ action: 'correct', organisation, account: null, staff, reason },
      })
      const [place, leads] = [
        await findOrganisation(tx, { id: organisation }),
        await findManager(tx, organisation),
      ]
      if (!place || !leads) return null
      await post(tx, {
        code: 'organisation-corrected',
        account: leads.account,
        details: {
          organisation: nameInMail(place.name) ?? 'none',
          organisationId: organisation,
          number: formatCompanyNumber(given.bce),
          form: given.legalForm ?? 'none',
          sector: given.nonprofit ? 'nonprofit' : 'commercial',
          public: given.isPublic ? 'yes' : 'no',
          reason,
        },
      })
      return null
    })
  } catch (error) {
    // Registered under this number in the same moment.
    if (isUniqueViolation(error, 'organisation_bce_key')) return 'number-taken'
    throw error
  }
}
