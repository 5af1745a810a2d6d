import { transact } from '@myanm/database'
import { record } from '#journal'
import { endSessionsOf } from '#oidc'
import type { Needs } from '../services.ts'
import { refusalToAct, type StaffRefusal } from './rules.ts'
import {
  closeManagerTasks,
  holdMember,
  lockInOrder,
  moveAccount,
  openManagerTasks,
  saveAction,
} from './store.ts'

interface Gesture {
  readonly staff: string
  readonly account: string
  readonly reason: string
}

/**
 * Suspends an account (6.1): sessions, grants and tokens end in the same transaction, so that nothing
 * asked for after it is answered; sites are told by the queue. Somebody who manages an organisation keeps
 * the link, and the team is asked to see who takes over.
 */
export function suspend(
  { db }: Needs<'db'>,
  { staff, account, reason }: Gesture,
): Promise<StaffRefusal | null> {
  return transact(db, async (tx) => {
    await lockInOrder(tx, [staff, account])
    if (!(await holdMember(tx, staff))) return 'not-staff'
    const refusal = refusalToAct(staff, account)
    if (refusal) return refusal
    if (!(await moveAccount(tx, account, { from: 'active', to: 'suspended' }))) return 'not-now'
    await endSessionsOf(tx, account, 'all')
    await openManagerTasks(tx, account)
    await saveAction(tx, { action: 'suspend', account, staff, reason })
    await record(tx, { event: 'account-suspended', account, details: { by: staff } })
    return null
  })
}

/** Lets somebody in again (6.1). */
export function lift(
  { db }: Needs<'db'>,
  { staff, account, reason }: Gesture,
): Promise<StaffRefusal | null> {
  return transact(db, async (tx) => {
    await lockInOrder(tx, [staff, account])
    if (!(await holdMember(tx, staff))) return 'not-staff'
    const refusal = refusalToAct(staff, account)
    if (refusal) return refusal
    if (!(await moveAccount(tx, account, { from: 'suspended', to: 'active' }))) return 'not-now'
    await closeManagerTasks(tx, account)
    await saveAction(tx, { action: 'lift', account, staff, reason })
    await record(tx, { event: 'account-reinstated', account, details: { by: staff } })
    return null
  })
}
