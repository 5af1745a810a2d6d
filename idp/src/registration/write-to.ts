import type { Tx } from '@myanm/database'
import { record } from '#journal'
import { post } from '#mail'
import { openProof } from '#proofs'
import { PAUSE } from '#rules/proofs'
import type { Tables } from '../tables.ts'
import { fingerprintOf } from './browser-mark.ts'
import type { RegistrationNeeds } from './needs.ts'
import { noteLetter, type Registration } from './store.ts'

/**
 * Sends the mail of a registration: to whose address waits to be proven, the link (ML1); to somebody
 * who has an account, that they have one (ML2). Nobody but the mailbox learns which of the two.
 *
 * @returns false when one was asked for less than a minute ago, or the mailbox has had enough of them
 */
export async function writeTo(
  tx: Tx<Tables>,
  { config }: Pick<RegistrationNeeds, 'config'>,
  asked: {
    readonly registration: Registration
    readonly state: string
    readonly mayWrite: boolean
    readonly now: Date
  },
): Promise<boolean> {
  const { registration, now } = asked
  const before = registration.asked_at?.getTime() ?? 0
  if (!asked.mayWrite || now.getTime() - before < PAUSE) return false
  const letter =
    asked.state === 'unconfirmed'
      ? await postLink(tx, config.COOKIE_KEY, asked)
      : await postAlreadyKnown(tx, registration)
  await noteLetter(tx, registration.id, { letter, at: now })
  return true
}

async function postLink(
  tx: Tx<Tables>,
  key: RegistrationNeeds['config']['COOKIE_KEY'],
  { registration, now }: { readonly registration: Registration; readonly now: Date },
): Promise<string | null> {
  const { proof } = await openProof(tx, {
    account: registration.account_id,
    purpose: 'confirm-email',
    // Each registration has a link of its own, and it opens the account for that one only.
    subject: registration.id,
    email: registration.email,
    client: registration.client_id ?? undefined,
    browser: fingerprintOf(registration.journey, key),
    now,
  })
  return post(tx, {
    code: 'confirm-email',
    proof,
    // By name only whom the account's name is of: others may wait for the same address.
    ...(registration.fills_account && { account: registration.account_id }),
  })
}

async function postAlreadyKnown(
  tx: Tx<Tables>,
  { account_id: account }: Registration,
): Promise<string | null> {
  await record(tx, { event: 'account-known-already', account })
  return post(tx, { code: 'already-known', account })
}
