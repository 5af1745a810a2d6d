import type { Tx } from '@myanm/database'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import { findManager, leadOrNot, lockOrganisation } from './membership-store.ts'
import { findUndoableOf } from './merge-store.ts'

interface Decided {
  readonly organisation: string
  readonly by: string
}

/**
 * Closes an organisation (P32): nobody acts for it any more, from the commit on, and what was open closes
 * with it. Its team stays as it is, so that it can be opened again.
 * @param given.into the organisation it is merged into
 * @returns false when it is closed already, or is none
 */
export async function closeOrganisation(
  tx: Tx<Tables>,
  { organisation, by, into = null }: Decided & { readonly into?: string | null },
): Promise<boolean> {
  const locked = await lockOrganisation(tx, organisation)
  if (!locked || locked.state === 'closed') return false
  await setState(tx, organisation, { state: 'closed', into })
  const details = { because: into === null ? 'decided' : 'merged' }
  await record(tx, { event: 'organisation-closed', organisation, by, details })
  return true
}

/**
 * Opens it again: with who led it, if their account is still open, and otherwise vacant.
 * @returns what it is now; null when it was not closed, or went into another a short while ago
 */
export async function reopenOrganisation(
  tx: Tx<Tables>,
  { organisation, by }: Decided,
): Promise<'active' | 'vacant' | null> {
  const locked = await lockOrganisation(tx, organisation)
  if (locked?.state !== 'closed') return null
  // Its team is in another one: both are put right at once, by undoing that (`merge.ts`).
  if (await findUndoableOf(tx, organisation)) return null
  const manager = await findManager(tx, organisation)
  const leads = manager !== undefined && (await isHere(tx, manager.account))
  if (manager && !leads) {
    await leadOrNot(tx, manager, { role: 'RESPONSABLE', by, because: 'reopened' })
  }
  const state = leads ? 'active' : 'vacant'
  await setState(tx, organisation, { state, into: null })
  await record(tx, { event: 'organisation-reopened', organisation, by, details: { state } })
  return state
}

/** Locked: who asks to be deleted in the same moment waits, and finds an organisation they lead (E16). */
async function isHere(tx: Tx<Tables>, account: string): Promise<boolean> {
  const row = await tx
    .selectFrom('account')
    .select('state')
    .where('id', '=', account)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row?.state !== 'deletion_requested' && row?.state !== 'deleted'
}

async function setState(
  tx: Tx<Tables>,
  organisation: string,
  { state, into }: { readonly state: 'active' | 'vacant' | 'closed'; readonly into: string | null },
): Promise<void> {
  await tx
    .updateTable('organisation')
    .set({ state, merged_into: into })
    .where('id', '=', organisation)
    .execute()
}
