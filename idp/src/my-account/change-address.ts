import { type Db, type Tx, transact } from '@myanm/database'
import { changeEmail, findByIdentifier } from '#accounts'
import { record } from '#journal'
import { post } from '#mail'
import { openProof, redeemProof } from '#proofs'
import type { Tables } from '../tables.ts'
import { isSomebodys } from './choose-login.ts'

/**
 * Asks for another address: a link goes to it, a notice to the old one (M12, ML7). An address that is
 * somebody's is answered in the same way, with the same work: the proof is opened and nobody gets its
 * link; whoever has the address is told that they have an account (ML2).
 */
export async function askForAddress(
  tx: Tx<Tables>,
  wish: { readonly account: string; readonly email: string; readonly now: Date },
): Promise<void> {
  const { account, email, now } = wish
  const { opened, proof } = await openProof(tx, { account, purpose: 'change-email', email, now })
  if (!opened) return
  const owner = await findByIdentifier(tx, email)
  if (owner && owner.id !== account) {
    await post(tx, { code: 'already-known', account: owner.id, once: `already-known:${owner.id}` })
  } else {
    await post(tx, { code: 'change-email', account, proof })
  }
  await post(tx, { code: 'email-changing', account })
  await record(tx, { event: 'email-change-asked', account })
}

/** `dead`: used, replaced, too old, or of an account that is not open. `taken`: somebody was first. */
export type Confirmation = 'changed' | 'dead' | 'taken'

/**
 * Follows the link: the address becomes the account's, once, whoever presses the button. The wish was
 * made by somebody who had just proven who they are; the link proves the mailbox; that is all it takes,
 * so it works in another browser too. Of two accounts at once, one has the address (yardsticks F27).
 */
export async function confirmAddress(
  { db }: { readonly db: Db<Tables> },
  proof: { readonly id: string; readonly now: Date },
): Promise<Confirmation> {
  try {
    return await transact(db, async (tx) => {
      const used = await redeemProof(tx, { ...proof, purpose: 'change-email' })
      if (!used?.email || !(await changeEmail(tx, used.account_id, used.email))) return 'dead'
      await record(tx, { event: 'email-changed', account: used.account_id })
      return 'changed'
    })
  } catch (error) {
    if (isSomebodys(error)) return 'taken'
    throw error
  }
}
