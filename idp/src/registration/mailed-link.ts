import type { Context } from 'koa'
import { findAccount } from '#accounts'
import { type Looked, lookAtProof } from '#proofs'
import type { RegistrationNeeds } from './needs.ts'
import { findRegistration, type Registration } from './store.ts'

/** The link of the mail that confirms an address, as it stands now. Looking at it changes nothing. */
export interface MailedLink {
  readonly token: string
  readonly looked: Looked
  readonly now: Date
  readonly registration: Registration | null
  /** State and address of the account it is for. */
  readonly state: string | null
  readonly email: string | null
}

export async function linkOf(ctx: Context, needs: RegistrationNeeds): Promise<MailedLink> {
  const { db } = needs
  const { jeton: token = '' } = ctx['params'] as { jeton?: string }
  const now = new Date()
  const looked = await lookAtProof(needs, { token, purposes: ['confirm-email'], now })
  const { proof } = looked
  const registration = proof?.subject ? await findRegistration(db, proof.subject) : undefined
  const account = proof ? await findAccount(db, proof.account_id) : undefined
  return {
    token,
    looked,
    now,
    registration: registration ?? null,
    state: account?.state ?? null,
    email: proof?.email ?? account?.email ?? null,
  }
}

/** Whether a new mail may go where this link went: not once the address was corrected. */
export function isRenewable({ looked, registration, state }: MailedLink): boolean {
  if (looked.works || !looked.proof || state !== 'unconfirmed') return false
  const { proof } = looked
  if (proof.subject === '') return true
  return registration?.account_id === proof.account_id && registration.email === proof.email
}
