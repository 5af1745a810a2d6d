import { formatDay } from '@myanm/chassis'
import { type Db, isCheckViolation, type Tx, transact } from '@myanm/database'
import { record } from '#journal'
import { post } from '#mail'
import { endSessionsOf } from '#oidc'
import { type Choice, listChoices } from '#organisations'
import { openProof, withdrawProof } from '#proofs'
import { erasedAt } from '#rules/retention'
import type { Tables } from '../tables.ts'
import { ledBy } from './rules.ts'
import { markLeaving, markStaying } from './store.ts'

export type Leaving =
  | { readonly asked: true; readonly until: Date }
  | { readonly asked: false; readonly leads: readonly Choice[] }

/**
 * Somebody asks for their account to be deleted (6.1): everything ends now, and for seven days a link
 * and their password bring it back. Who leads an organisation hands it over first (E16).
 */
export async function askToLeave(
  db: Db<Tables>,
  asked: { readonly account: string; readonly now: Date },
): Promise<Leaving> {
  const { account, now } = asked
  const until = erasedAt(now)
  try {
    return await transact(db, async (tx) => {
      const leaves = await markLeaving(tx, asked)
      const leads = ledBy(await listChoices(tx, account))
      if (leads.length > 0) throw new StillLeads(leads)
      // Asked twice at once: the first one has done it all.
      if (!leaves) return { asked: true, until }
      const { proof } = await openProof(tx, { account, purpose: 'cancel-deletion', now })
      await post(tx, { code: 'deletion', account, proof, details: { day: formatDay(until) } })
      await endSessionsOf(tx, account, 'all')
      await record(tx, { event: 'deletion-asked', account })
      return { asked: true, until }
    })
  } catch (error) {
    if (error instanceof StillLeads) return { asked: false, leads: error.leads }
    // Handed a role in the same moment: the database has the last word (8.2, invariant 1).
    if (!isCheckViolation(error, 'manager_stays')) throw error
    return { asked: false, leads: ledBy(await listChoices(db, account)) }
  }
}

class StillLeads extends Error {
  readonly leads: readonly Choice[]

  constructor(leads: readonly Choice[]) {
    super('leads an organisation')
    this.leads = leads
  }
}

/**
 * Somebody changes their mind, in the caller's transaction: by the link, or by signing in. The link is
 * then of no use any more.
 * @returns false when it is too late, or was done before
 */
export async function stay(
  tx: Tx<Tables>,
  { account, now }: { readonly account: string; readonly now: Date },
): Promise<boolean> {
  if (!(await markStaying(tx, account))) return false
  await withdrawProof(tx, { account, purpose: 'cancel-deletion', now })
  await record(tx, { event: 'deletion-cancelled', account })
  return true
}
