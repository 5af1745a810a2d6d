import type { Tx } from '@myanm/database'
import { foundOrganisation } from '#organisation-data'
import type { Tables } from '../tables.ts'
import { lockDraft, moveDraft, removeDraft } from './organisation-draft-store.ts'

/** What became of the organisation of a registration when its mailbox was proven. */
export type Finished = 'registered' | 'left-open' | 'none'

/**
 * The organisation somebody sent in comes into being with their account, in its transaction (6.1). One
 * that is not finished, or whose number became somebody else's meanwhile, waits in the account: nothing
 * that was typed is lost. Those of other registrations for the same address go with them: whoever fills
 * in a stranger's address gets no organisation by it.
 */
export async function finishDraft(
  tx: Tx<Tables>,
  owner: { readonly registration: string; readonly account: string },
): Promise<Finished> {
  const draft = await lockDraft(tx, { registration: owner.registration })
  if (!draft) return 'none'
  const { bce, told, sent_at: sentAt, client_id: client } = draft
  const isMade =
    sentAt !== null &&
    told !== null &&
    (await foundOrganisation(tx, { bce, told, client, account: owner.account })) !== null
  if (!isMade) {
    await moveDraft(tx, owner)
    return 'left-open'
  }
  await removeDraft(tx, { registration: owner.registration })
  return 'registered'
}

/**
 * The same in an account that is open.
 * @returns null when there is none, it is not filled in, or its number is in MyANM by now
 */
export async function registerDraft(tx: Tx<Tables>, account: string): Promise<string | null> {
  const draft = await lockDraft(tx, { account })
  if (!draft?.told) return null
  const { bce, told, client_id: client } = draft
  const organisation = await foundOrganisation(tx, { bce, told, client, account })
  if (organisation !== null) await removeDraft(tx, { account })
  return organisation
}
