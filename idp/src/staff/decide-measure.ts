import { isCheckViolation, type Tx, transact } from '@myanm/database'
import { findAccount, lockAccount } from '#accounts'
import { record } from '#journal'
import { admit, findMembership, lockOrganisation } from '#organisations'
import { declareVacant, giveRole } from '#transfers'
import type { Needs } from '../services.ts'
import type { Tables } from '../tables.ts'
import { closeAndTell, reopenAndTell } from './close-and-reopen.ts'
import { lockMeasure, settleMeasure } from './measures-store.ts'
import { refusalToDecide, type StaffRefusal } from './rules.ts'
import { holdMember } from './store.ts'

/**
 * Decides on what somebody else of the team proposed about an organisation: four eyes (M64). Of two who
 * decide at once one does; the database refuses the rest again.
 */
export async function decideMeasure(
  { db }: Needs<'db'>,
  given: {
    readonly staff: string
    readonly measure: string
    readonly decision: 'accepted' | 'refused'
    readonly now: Date
  },
): Promise<StaffRefusal | null> {
  const { staff, decision, now } = given
  try {
    return await transact(db, async (tx) => {
      if (!(await holdMember(tx, staff))) return 'not-staff'
      const measure = await lockMeasure(tx, given.measure)
      if (!measure) return 'not-now'
      const refusal = refusalToDecide(staff, { ...measure, account: measure.account ?? '' })
      if (refusal) return refusal
      if (decision === 'accepted' && !(await apply(tx, { ...measure, staff, now })))
        return 'not-now'
      await settleMeasure(tx, measure.id, { state: decision, staff })
      await record(tx, {
        event: 'staff-measure-decided',
        organisation: measure.organisation,
        account: measure.account ?? undefined,
        by: staff,
        details: { kind: measure.kind, decision },
      })
      return null
    })
  } catch (error) {
    // Who was to lead asked for their account to be deleted in the same moment.
    if (isCheckViolation(error, 'manager_stays')) return 'not-now'
    throw error
  }
}

/** @returns false when things have changed since it was proposed, and nothing was done */
async function apply(
  tx: Tx<Tables>,
  measure: NonNullable<Awaited<ReturnType<typeof lockMeasure>>> & {
    readonly staff: string
    readonly now: Date
  },
): Promise<boolean> {
  const { kind, organisation, account, rescue, staff, now } = measure
  if (kind === 'vacant') return declareVacant(tx, { organisation, staff })
  if (kind === 'close') return closeAndTell(tx, { organisation, staff })
  if (kind === 'reopen') return reopenAndTell(tx, { organisation, staff })
  if (account === null || (kind === 'rescue' && rescue === null)) return false
  const locked = await lockOrganisation(tx, organisation)
  await lockAccount(tx, account)
  const person = await findAccount(tx, account)
  if (!locked || locked.state === 'closed' || person?.state !== 'active') return false
  if (!(await findMembership(tx, { organisation, account }))) {
    // Who asked to take over has gone since: nobody is let in again by what they asked before.
    if (kind === 'rescue') return false
    const because = 'appointed-by-the-team'
    await admit(tx, { organisation, account, by: staff, role: 'RESPONSABLE', because })
  }
  return giveRole(tx, { organisation, to: account, staff, rescue, now })
}

/** Takes back what one proposed oneself, as long as nobody has decided. */
export function withdrawMeasure(
  { db }: Needs<'db'>,
  { staff, measure: id }: { readonly staff: string; readonly measure: string },
): Promise<StaffRefusal | null> {
  return transact(db, async (tx) => {
    if (!(await holdMember(tx, staff))) return 'not-staff'
    const measure = await lockMeasure(tx, id)
    if (measure?.state !== 'proposed' || measure.proposedBy !== staff) return 'not-now'
    await settleMeasure(tx, id, { state: 'withdrawn', staff: null })
    return null
  })
}
