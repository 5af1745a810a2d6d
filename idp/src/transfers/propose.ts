import { isCheckViolation, isUniqueViolation, transact } from '@myanm/database'
import { decide } from '@myanm/permissions'
import { lockAccount } from '#accounts'
import { record } from '#journal'
import { findManager, findMembership, lockOrganisation } from '#organisations'
import type { Needs } from '../services.ts'
import { actorNow } from './actor-now.ts'
import { announce } from './announce.ts'
import type { TransferRefusal } from './rules.ts'
import { saveProposal } from './store.ts'

/**
 * The GESTIONNAIRE proposes to one of the RESPONSABLES to take over (M46, P27). Nothing changes before
 * that person accepts. Whoever else answers for the organisation is told at once.
 */
export async function propose(
  { db }: Needs<'db'>,
  given: { readonly organisation: string; readonly by: string; readonly to: string },
): Promise<TransferRefusal | null> {
  const { organisation, by, to } = given
  try {
    return await transact(db, async (tx) => {
      const locked = await lockOrganisation(tx, organisation)
      // Either of the two suspended or leaving in the same moment: one waits for the other.
      for (const account of [by, to].sort()) await lockAccount(tx, account)
      const actor = await actorNow(tx, given)
      const [from, target] = [
        await findManager(tx, organisation),
        await findMembership(tx, { organisation, account: to }),
      ]
      if (locked?.state !== 'active' || !actor || from?.account !== by) return 'not-now'
      if (!target) return 'not-responsable'
      const decision = decide(actor, 'manager.transfer', {
        organisationId: organisation,
        role: target.role,
      })
      if (!decision.allowed) {
        return decision.because === 'role-of-other' ? 'not-responsable' : 'not-now'
      }
      await saveProposal(tx, { organisation, fromMembership: from.id, toMembership: target.id })
      await record(tx, { event: 'transfer-proposed', organisation, account: to, by })
      const told = { organisation, person: by }
      await announce(tx, { ...told, code: 'transfer-proposed', only: to })
      await announce(tx, { ...told, code: 'transfer-announced', other: to, except: to })
      return null
    })
  } catch (error) {
    if (isUniqueViolation(error, 'manager_transfer_one_open')) return 'open-already'
    // The account of the target is not active any more.
    if (isCheckViolation(error, 'manager_transfer_from_manager_to_responsable')) {
      return 'not-available'
    }
    throw error
  }
}
