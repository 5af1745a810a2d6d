import { isUniqueViolation, type Tx, transact } from '@myanm/database'
import { dropAllFactors, hasSecondFactor } from '#authenticators'
import { record } from '#journal'
import { post } from '#mail'
import { openProof, withdrawProof } from '#proofs'
import type { Needs } from '../services.ts'
import type { Tables } from '../tables.ts'
import {
  type LockedCorrection,
  lockCorrection,
  lockPerson,
  replaceAddress,
  settleCorrection,
} from './corrections-store.ts'
import { refusalToDecide, refusalToPropose, type StaffRefusal } from './rules.ts'
import { holdMember } from './store.ts'

/**
 * Decides on what somebody else of the team proposed: four eyes (M64). Of two who decide at once one
 * does; who was suspended a moment ago does not; the database refuses the rest again.
 */
export async function decide(
  { db }: Needs<'db'>,
  given: {
    readonly staff: string
    readonly correction: string
    readonly decision: 'accepted' | 'refused'
    readonly now: Date
  },
): Promise<StaffRefusal | null> {
  const { staff, decision, now } = given
  try {
    return await transact(db, async (tx) => {
      if (!(await holdMember(tx, staff))) return 'not-staff'
      const correction = await lockCorrection(tx, given.correction)
      if (!correction) return 'not-now'
      const refusal = refusalToDecide(staff, correction)
      if (refusal) return refusal
      const { account, kind } = correction
      if (decision === 'accepted') {
        const outdated = await apply(tx, correction, now)
        if (outdated) return outdated
      }
      await settleCorrection(tx, correction.id, { state: decision, staff })
      const details = { by: staff, kind, decision }
      await record(tx, { event: 'staff-correction-decided', account, details })
      return null
    })
  } catch (error) {
    if (TAKEN.some((constraint) => isUniqueViolation(error, constraint))) return 'address-taken'
    throw error
  }
}

/** Somebody registered with the address, or chose it as a login, since it was proposed. */
const TAKEN = ['account_identifier_pkey', 'account_email_key', 'account_login_key']

async function apply(
  tx: Tx<Tables>,
  { kind, account, email }: LockedCorrection,
  now: Date,
): Promise<StaffRefusal | null> {
  const person = await lockPerson(tx, account)
  const state = {
    state: person?.state ?? '',
    hasSecondFactor: kind === 'second-factor' && (await hasSecondFactor(tx, account)),
  }
  if (refusalToPropose(kind, state)) return 'not-now'
  if (kind === 'second-factor') await dropAllFactors(tx, account)
  else if (email !== null) await correctAddress(tx, { account, email, now })
  return null
}

/**
 * Links that went to the former address open nothing any more; it is told, since it may still be
 * somebody's, and the new one receives the way to choose a password (ML5).
 */
async function correctAddress(
  tx: Tx<Tables>,
  { account, email, now }: { readonly account: string; readonly email: string; readonly now: Date },
): Promise<void> {
  const person = await lockPerson(tx, account)
  if (person?.email) await post(tx, { code: 'address-corrected', account })
  for (const purpose of ['first-sign-in', 'reset-password'] as const) {
    await withdrawProof(tx, { account, purpose, now })
  }
  await replaceAddress(tx, account, email)
  const { proof } = await openProof(tx, { account, purpose: 'first-sign-in', now })
  await post(tx, { code: 'first-sign-in', account, proof })
}

/** Takes back what one proposed oneself, as long as nobody has decided. */
export function withdraw(
  { db }: Needs<'db'>,
  { staff, correction: id }: { readonly staff: string; readonly correction: string },
): Promise<StaffRefusal | null> {
  return transact(db, async (tx) => {
    if (!(await holdMember(tx, staff))) return 'not-staff'
    const correction = await lockCorrection(tx, id)
    if (correction?.state !== 'proposed' || correction.proposedBy !== staff) return 'not-now'
    await settleCorrection(tx, id, { state: 'withdrawn', staff: null })
    return null
  })
}
