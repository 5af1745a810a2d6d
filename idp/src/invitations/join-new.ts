import { type Tx, transact } from '@myanm/database'
import {
  type Account,
  activate,
  type Claim,
  createAccount,
  findAccount,
  findByIdentifier,
  giveTo,
  lockAccount,
  renameAccount,
  saveProfile,
} from '#accounts'
import { resetPassword } from '#credentials'
import { record } from '#journal'
import { post } from '#mail'
import type { Proof } from '#proofs'
import { TERMS_VERSION } from '#rules/accounts'
import type { Needs } from '../services.ts'
import type { Tables } from '../tables.ts'
import { type Accepted, enter, hold, whenSettled } from './answer.ts'

/** What somebody fills in who has no password yet. */
export interface Newcomer {
  readonly givenName: string
  readonly familyName: string
  readonly passwordHash: string
}

/** `has-account`: the address leads to an open account since: that one is signed in to. */
export type Joined = Accepted | { readonly accepted: false; readonly because: 'has-account' }

/**
 * Accepts with an account that is made by it: the link has proven the mailbox, the form chooses the
 * password (6.1). Whatever somebody else had filled in for that address opens nothing any more: whoever
 * reads its mail decides whose account it is (docs/decisions/0015, « pre-hijacking »).
 */
export function joinAnew(
  { db }: Needs<'db'>,
  answer: { readonly proof: Proof; readonly newcomer: Newcomer; readonly now: Date },
): Promise<Joined> {
  const { proof, newcomer, now } = answer
  return whenSettled(() =>
    transact(db, async (tx) => {
      const held = await hold(tx, { id: proof.subject, now })
      if (!held.isOpen) return { accepted: false, because: held.because }
      const person = await openAccountAt(tx, { email: held.invitation.email, newcomer, now })
      if (!person) return { accepted: false, because: 'has-account' }
      return enter(tx, { ...held, person, proof, now })
    }),
  )
}

/** @returns null when the address leads to an account that is open, or closed for a reason */
async function openAccountAt(
  tx: Tx<Tables>,
  given: { readonly email: string; readonly newcomer: Newcomer; readonly now: Date },
): Promise<Account | null> {
  const { email, newcomer, now } = given
  const known = await findByIdentifier(tx, email)
  if (known) await lockAccount(tx, known.id)
  const holder = known && (await findAccount(tx, known.id))
  const claim = claimOf({ email, newcomer, now })
  if (!holder) {
    const account = await createAccount(tx, { ...claim.person, ...claim })
    await saveProfile(tx, account, claim)
    await record(tx, { event: 'registered', account, details: { type: 'organisme' } })
    return opened(tx, account)
  }
  if (holder.state === 'unconfirmed' || holder.state === 'invited') {
    await giveTo(tx, holder.id, claim)
    return opened(tx, holder.id)
  }
  if (holder.state !== 'legacy') return null
  await resetPassword(tx, { account: holder.id, hash: newcomer.passwordHash })
  // What the old account says stays; a name it lacks is what they have just told.
  if (!holder.given_name || !holder.family_name) {
    await renameAccount(tx, holder.id, {
      givenName: holder.given_name ?? newcomer.givenName,
      familyName: holder.family_name ?? newcomer.familyName,
    })
  }
  return (await findAccount(tx, holder.id)) ?? null
}

async function opened(tx: Tx<Tables>, account: string): Promise<Account | null> {
  if (!(await activate(tx, account, ['unconfirmed', 'invited']))) return null
  await record(tx, { event: 'email-confirmed', account, details: { by: 'invitation' } })
  await post(tx, { code: 'activated', account })
  return (await findAccount(tx, account)) ?? null
}

function claimOf(given: {
  readonly email: string
  readonly newcomer: Newcomer
  readonly now: Date
}): Claim {
  const { email, newcomer, now } = given
  return {
    email,
    passwordHash: newcomer.passwordHash,
    client: null,
    terms: { version: TERMS_VERSION, acceptedAt: now },
    person: {
      accountType: 'organisme',
      login: null,
      givenName: newcomer.givenName,
      familyName: newcomer.familyName,
      language: 'fr',
      phone: null,
      street: null,
      postcode: null,
      locality: null,
      profession: null,
      bce: null,
      vatStatus: null,
    },
  }
}
