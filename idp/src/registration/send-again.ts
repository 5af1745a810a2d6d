import { findAccount } from '#accounts'
import { post } from '#mail'
import { openProof } from '#proofs'
import type { RegistrationNeeds } from './needs.ts'
import { lockRegistration } from './store.ts'
import { writeTo } from './write-to.ts'

/**
 * « Renvoyer l'e-mail »: at most once a minute, with the same link as long as that is sensible (M48).
 * @returns false when nothing was sent: too soon, too often, or there is nothing left to send
 */
export async function sendAgain(
  needs: RegistrationNeeds,
  asked: { readonly registration: string; readonly email: string; readonly now: Date },
): Promise<boolean> {
  const mayWrite = await needs.limits.mayWriteTo(asked.email)
  return needs.db.transaction().execute(async (tx) => {
    const registration = await lockRegistration(tx, asked.registration)
    const account = registration && (await findAccount(tx, registration.account_id))
    if (!registration || !account) return false
    return writeTo(tx, needs, { registration, state: account.state, mayWrite, now: asked.now })
  })
}

/** The same for an account that waits without a registration of its own: one that was carried over. */
export async function sendAccountAgain(
  needs: RegistrationNeeds,
  asked: { readonly account: string; readonly email: string; readonly now: Date },
): Promise<boolean> {
  if (!(await needs.limits.mayWriteTo(asked.email))) return false
  return needs.db.transaction().execute(async (tx) => {
    const { account, now } = asked
    const { opened, proof } = await openProof(tx, { account, purpose: 'confirm-email', now })
    if (opened) await post(tx, { code: 'confirm-email', account, proof })
    return opened
  })
}
