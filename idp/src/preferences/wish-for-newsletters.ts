import type { Tx } from '@myanm/database'
import { record } from '#journal'
import { post } from '#mail'
import { openProof } from '#proofs'
import type { Tables } from '../tables.ts'
import { nameInSentence, subscriptionOf } from './rules.ts'
import { SITE_NAMES } from './site-names.ts'
import { addConsent, lastConsents, listNewsletters, lockSubscriber } from './store.ts'

/**
 * Somebody wants these newsletters: each sends a mail that asks to confirm, and nothing is sent before
 * (double opt-in, M26, ML28). Asked again while it waits, the mail leaves again, once a minute at most.
 * Keys of no newsletter, and of those already received, are passed over.
 */
export async function wishForNewsletters(
  tx: Tx<Tables>,
  wish: {
    readonly account: string
    readonly keys: readonly string[]
    readonly how: 'registration' | 'preferences'
  },
): Promise<void> {
  const { account, how } = wish
  const now = new Date()
  if (!(await lockSubscriber(tx, account))) return
  const last = await lastConsents(tx, account)
  for (const newsletter of await listNewsletters(tx)) {
    const { key } = newsletter
    const standing = subscriptionOf(last.get(key) ?? null, now)
    if (!wish.keys.includes(key) || standing === 'on') continue
    const { opened, proof } = await openProof(tx, {
      account,
      purpose: 'newsletter',
      subject: key,
      now,
    })
    if (standing === 'off' || opened) {
      await addConsent(tx, { account, newsletter: key, event: 'asked', how })
      await record(tx, {
        event: 'preference-changed',
        account,
        details: { newsletter: key, event: 'asked' },
      })
    }
    if (!opened) continue
    const title = nameInSentence({
      title: newsletter.title,
      site: SITE_NAMES[newsletter.site] ?? '',
    })
    await post(tx, { code: 'newsletter', account, proof, details: { newsletter: title } })
  }
}
