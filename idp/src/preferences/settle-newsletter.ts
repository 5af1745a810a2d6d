import type { Db } from '@myanm/database'
import { record } from '#journal'
import { redeemProof, withdrawProof } from '#proofs'
import type { Tables } from '../tables.ts'
import { type ConsentWay, subscriptionOf } from './rules.ts'
import { addConsent, lastConsents, lockSubscriber } from './store.ts'

/**
 * The mailbox confirms a wish. Pressed twice at once, it is confirmed once; what was ended meanwhile
 * stays ended.
 * @returns whether the person receives the newsletter from now on
 */
export function confirmNewsletter(
  db: Db<Tables>,
  { proof, how }: { readonly proof: string; readonly how: 'link' | 'code' },
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const now = new Date()
    const redeemed = await redeemProof(tx, { id: proof, purpose: 'newsletter', now })
    if (!redeemed) return false
    const { account_id: account, subject: newsletter } = redeemed
    await lockSubscriber(tx, account)
    const last = (await lastConsents(tx, account)).get(newsletter) ?? null
    if (subscriptionOf(last, now) !== 'pending') return false
    await addConsent(tx, { account, newsletter, event: 'confirmed', how })
    await record(tx, {
      event: 'preference-changed',
      account,
      details: { newsletter, event: 'confirmed' },
    })
    return true
  })
}

/** Ends a newsletter, or the wish for one: its link dies too. Ended already, nothing happens. */
export function endNewsletter(
  db: Db<Tables>,
  ending: {
    readonly account: string
    readonly newsletter: string
    readonly how: Extract<ConsentWay, 'preferences' | 'stop-link' | 'one-click'>
  },
): Promise<void> {
  return db.transaction().execute(async (tx) => {
    const { account, newsletter, how } = ending
    const now = new Date()
    if (!(await lockSubscriber(tx, account))) return
    const last = (await lastConsents(tx, account)).get(newsletter) ?? null
    if (subscriptionOf(last, now) === 'off') return
    await withdrawProof(tx, { account, purpose: 'newsletter', subject: newsletter, now })
    await addConsent(tx, { account, newsletter, event: 'ended', how })
    await record(tx, {
      event: 'preference-changed',
      account,
      details: { newsletter, event: 'ended' },
    })
  })
}
