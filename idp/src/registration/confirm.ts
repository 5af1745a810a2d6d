import { type Tx, transact } from '@myanm/database'
import { activate } from '#accounts'
import { record } from '#journal'
import { post } from '#mail'
import { wishForNewsletters } from '#preferences'
import { type Proof, redeemProof, withdrawProof } from '#proofs'
import type { Tables } from '../tables.ts'
import { type Finished, finishDraft } from './finish-draft.ts'
import { giveOver } from './give-over.ts'
import type { RegistrationNeeds } from './needs.ts'
import {
  listRegistrations,
  lockRegistration,
  type Registration,
  removeRegistration,
} from './store.ts'
import { untilSettled } from './try-again.ts'

export type Confirmed =
  | {
      readonly confirmed: true
      readonly keepsLogin: boolean
      /** What became of the organisation they registered with it. */
      readonly organisation: Finished
    }
  /** Somebody was first, or the account no longer waits: it may be open all the same. */
  | { readonly confirmed: false }

/**
 * Opens the account for whoever has proven its mailbox: with the password, the name and all that *this*
 * registration said. What others filled in for the same address opens nothing any more, their passwords
 * never work (docs/decisions/0015, « pre-hijacking »).
 */
export async function confirm(
  needs: Pick<RegistrationNeeds, 'db'>,
  wish: { readonly proof: Proof; readonly now: Date },
): Promise<Confirmed> {
  const { id, account_id: account, subject } = wish.proof
  return untilSettled(() =>
    transact(needs.db, async (tx) => {
      const proof = await redeemProof(tx, { id, purpose: 'confirm-email', now: wish.now })
      const registration = subject === '' ? undefined : await lockRegistration(tx, subject)
      const isItself = subject === '' || registration?.account_id === account
      if (!proof || !isItself || !(await activate(tx, account, ['unconfirmed']))) {
        return { confirmed: false }
      }
      const handed = registration ? await handOver(tx, registration) : NOTHING
      await endOthers(tx, account, wish.now)
      const client = registration?.client_id ?? undefined
      await record(tx, { event: 'email-confirmed', account, client })
      await post(tx, { code: 'activated', account })
      return { confirmed: true, ...handed }
    }),
  )
}

interface Handed {
  readonly keepsLogin: boolean
  readonly organisation: Finished
}

/** Of an account that was carried over. */
const NOTHING: Handed = { keepsLogin: true, organisation: 'none' }

/** The account is theirs now. */
async function handOver(tx: Tx<Tables>, registration: Registration): Promise<Handed> {
  const { account_id: account, client_id: client } = registration
  if (!registration.fills_account)
    await record(tx, { event: 'registered', account, client: client ?? undefined })
  const keepsLogin = await giveOver(tx, registration)
  await wishForNewsletters(tx, { account, keys: registration.newsletters, how: 'registration' })
  const organisation = await finishDraft(tx, { registration: registration.id, account })
  await removeRegistration(tx, registration.id)
  return { keepsLogin, organisation }
}

/** The other links for this address end; those who filled them in see what they saw before. */
async function endOthers(tx: Tx<Tables>, account: string, now: Date): Promise<void> {
  const others = (await listRegistrations(tx, account)).map((registration) => registration.id)
  for (const subject of ['', ...others]) {
    await withdrawProof(tx, { account, purpose: 'confirm-email', subject, now })
  }
}
