import { record } from '#journal'
import { post } from '#mail'
import type { Needs } from '../services.ts'
import { findPerson } from './people-store.ts'
import { gesturesOn, refusalToAct, type StaffRefusal } from './rules.ts'
import { holdMember, saveAction } from './store.ts'

/**
 * Answers a forgotten login (M58): it goes to the account's own address, never to the one that was typed
 * in the message, which may be anybody's.
 */
export function remindLogin(
  { db }: Needs<'db'>,
  given: { readonly staff: string; readonly account: string; readonly reason: string },
): Promise<StaffRefusal | null> {
  const { staff, account, reason } = given
  return db.transaction().execute(async (tx) => {
    if (!(await holdMember(tx, staff))) return 'not-staff'
    const refusal = refusalToAct(staff, account)
    if (refusal) return refusal
    const person = await findPerson(tx, account)
    const gestures = gesturesOn({
      state: person?.state ?? '',
      hasEmail: person?.email !== null,
      hasSecondFactor: false,
      isOwn: false,
    })
    if (!gestures.includes('remind-login')) return 'not-now'
    // Two of the team who answer at once send one letter.
    await post(tx, { code: 'login-reminder', account, once: `login-reminder:${account}` })
    await saveAction(tx, { action: 'remind-login', account, staff, reason })
    await record(tx, { event: 'login-reminded', account, details: { by: staff } })
    return null
  })
}
