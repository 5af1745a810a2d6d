import { type Db, isCheckViolation, transact } from '@myanm/database'
import { findAccount, lockAccount } from '#accounts'
import { record } from '#journal'
import { findManager, findMembership, handOver, lockOrganisation } from '#organisations'
import type { Needs } from '../services.ts'
import type { Tables } from '../tables.ts'
import { announce } from './announce.ts'
import { mayUndo, type TransferRefusal } from './rules.ts'
import { findLatestAccepted, markUndone, type Transfer } from './store.ts'

/** A hand-over somebody may undo, or null (ahead 4). */
export async function findUndoable(
  db: Db<Tables>,
  {
    organisation,
    by,
    now,
  }: { readonly organisation: string; readonly by: string; readonly now: Date },
): Promise<Transfer | null> {
  const transfer = await findLatestAccepted(db, organisation)
  if (transfer?.state !== 'accepted' || !transfer.undoUntil) return null
  const [leads, membership, account] = [
    await findManager(db, organisation),
    await findMembership(db, { organisation, account: transfer.from }),
    await findAccount(db, transfer.from),
  ]
  const accepted = {
    undoUntil: transfer.undoUntil,
    // The team may have decided since: then the role is younger than the transfer.
    isLatest: leads !== undefined && +leads.roleSince === +(transfer.settledAt ?? 0),
    leads: leads?.account,
    from: {
      account: transfer.from,
      // Who went out of the team and came back is there as what they were let in as.
      isMember: membership?.id === transfer.fromMembership,
      isActive: account?.state === 'active',
    },
    to: transfer.to,
  }
  return mayUndo(accepted, by, now) ? transfer : null
}

/** Either of the two has it as it was before, within 72 hours: in one transaction, like the other way. */
export async function undo(
  { db }: Needs<'db'>,
  given: {
    readonly organisation: string
    readonly transfer: string
    readonly by: string
    readonly now: Date
  },
): Promise<TransferRefusal | null> {
  const { organisation, by } = given
  try {
    return await transact(db, async (tx) => {
      const locked = await lockOrganisation(tx, organisation)
      const accepted = await findLatestAccepted(tx, organisation)
      // Suspended or leaving in the same moment: either waits for the other.
      if (accepted) await lockAccount(tx, accepted.from)
      const transfer = await findUndoable(tx, given)
      if (locked?.state !== 'active' || transfer?.id !== given.transfer) return 'not-now'
      if (!(await markUndone(tx, transfer.id, by))) return 'not-now'
      const { from, to } = transfer
      const isDone = await handOver(tx, { organisation, to: from, by, because: 'transfer-undone' })
      if (!isDone) throw new Error('A transfer was undone for nobody of the team')
      await record(tx, { event: 'transfer-undone', organisation, account: from, by })
      const details = { what: 'undone' }
      await announce(tx, {
        ...{ code: 'transfer-not-done', organisation, details },
        ...{ leads: from, also: [to] },
      })
      return null
    })
  } catch (error) {
    if (isCheckViolation(error, 'manager_stays')) return 'not-now'
    throw error
  }
}
