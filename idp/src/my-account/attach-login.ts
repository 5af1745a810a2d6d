import { type Db, transact } from '@myanm/database'
import { findAccount, findByIdentifier } from '#accounts'
import { attachLegacy } from '#legacy'
import { post } from '#mail'
import { listLive, openProof, type Proof, redeemProof } from '#proofs'
import type { Tables } from '../tables.ts'

const PURPOSE = 'attach-login'

/**
 * Asks to make an old account part of one's own (M24): a link goes to the mailbox that account knew,
 * whoever asks. That such an old account exists is told by no page here; the sign-in page has to (D7).
 */
export async function askToAttach(
  { db }: { readonly db: Db<Tables> },
  wish: { readonly account: string; readonly login: string; readonly now: Date },
): Promise<void> {
  const { account, login, now } = wish
  await transact(db, async (tx) => {
    const old = await findByIdentifier(tx, login)
    if (old?.state !== 'legacy' || !old.email) return
    const { id: subject, email } = old
    const { opened, proof } = await openProof(tx, {
      account,
      purpose: PURPOSE,
      subject,
      email,
      now,
    })
    if (opened) await post(tx, { code: 'attach-login', account, proof })
  })
}

/** The latest of these wishes, which a typed code is held against. */
export async function latestWish(
  { db }: { readonly db: Db<Tables> },
  account: string,
  now: Date,
): Promise<Proof | undefined> {
  const live = await listLive(db, account, now)
  return live.findLast((proof) => proof.purpose === PURPOSE)
}

/**
 * Follows the link, signed in to the account that asked for it: both mailboxes are proven then.
 * @returns false when the link is dead, or there is no old account (any longer)
 */
export async function confirmAttachment(
  { db }: { readonly db: Db<Tables> },
  proof: { readonly id: string; readonly account: string; readonly now: Date },
): Promise<boolean> {
  const { id, account, now } = proof
  return transact(db, async (tx) => {
    const used = await redeemProof(tx, { id, purpose: PURPOSE, now })
    if (used?.account_id !== account) return false
    // The team may have given the old account another address since: this mailbox proves nothing then.
    const old = await findAccount(tx, used.subject)
    if (old?.email !== used.email) return false
    const outcome = await attachLegacy(tx, { account, legacyAccount: used.subject })
    return outcome.attached
  })
}
