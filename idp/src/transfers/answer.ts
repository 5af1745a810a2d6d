import { isCheckViolation, type Tx, transact } from '@myanm/database'
import { decide } from '@myanm/permissions'
import { lockAccount } from '#accounts'
import { record } from '#journal'
import { findManager, handOver, lockOrganisation } from '#organisations'
import type { Needs } from '../services.ts'
import type { Tables } from '../tables.ts'
import { actorNow } from './actor-now.ts'
import { announce } from './announce.ts'
import { type TransferRefusal, UNDO_LASTS } from './rules.ts'
import { findProposed, settle, type Transfer } from './store.ts'

interface Answer {
  readonly organisation: string
  /** The one that was on the page: not one proposed since. */
  readonly transfer: string
  readonly by: string
  readonly now: Date
}

/**
 * The target accepts (6.3): the proposal is settled and the two roles change in one transaction, or
 * nothing does. Everybody who answers for the organisation is told (ML17).
 */
export async function accept({ db }: Needs<'db'>, given: Answer): Promise<TransferRefusal | null> {
  const { organisation, by, now } = given
  try {
    return await transact(db, async (tx) => {
      const proposed = await proposedTo(tx, given)
      if (!proposed) return 'not-now'
      const { id, from } = proposed
      const undoUntil = new Date(now.getTime() + UNDO_LASTS)
      if (!(await settle(tx, id, { state: 'accepted', by, undoUntil }))) return 'not-now'
      const isDone = await handOver(tx, { organisation, to: by, by: from, because: 'transfer' })
      if (!isDone) throw new Error('A transfer was accepted by nobody of the team')
      await record(tx, { event: 'transfer-accepted', organisation, account: by, by })
      await announce(tx, {
        code: 'transfer-done',
        organisation,
        person: by,
        leads: by,
        also: [from],
      })
      return null
    })
  } catch (error) {
    // The account asked to be deleted in the same moment (E16).
    if (isCheckViolation(error, 'manager_stays')) return 'not-now'
    throw error
  }
}

/** The target does not want it: everything stays as it is (ML18). */
export function refuse({ db }: Needs<'db'>, given: Answer): Promise<TransferRefusal | null> {
  const { organisation, by } = given
  return transact(db, async (tx) => {
    const proposed = await proposedTo(tx, given)
    if (!proposed || !(await settle(tx, proposed.id, { state: 'refused', by }))) return 'not-now'
    await record(tx, { event: 'transfer-refused', organisation, account: by, by })
    const details = { what: 'refused' }
    await announce(tx, { code: 'transfer-not-done', organisation, details })
    return null
  })
}

/** The proposal on the page, when it is still theirs to answer; the organisation is locked. */
async function proposedTo(
  tx: Tx<Tables>,
  { organisation, transfer, by, now }: Answer,
): Promise<Transfer | null> {
  const locked = await lockOrganisation(tx, organisation)
  // Suspended or leaving in the same moment: either waits for the other.
  await lockAccount(tx, by)
  const [actor, proposed, leads] = [
    await actorNow(tx, { organisation, by }),
    await findProposed(tx, organisation),
    await findManager(tx, organisation),
  ]
  if (locked?.state !== 'active' || !actor || proposed?.id !== transfer) return null
  if (proposed.expiresAt <= now || leads?.account !== proposed.from) return null
  const addressee = proposed.to === by ? 'self' : 'other'
  const decision = decide(actor, 'manager.accept', { organisationId: organisation, addressee })
  return decision.allowed ? proposed : null
}
