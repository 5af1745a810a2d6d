import type { Tx } from '@myanm/database'
import {
  type Account,
  type Claim,
  createAccount,
  dropUnconfirmed,
  findByIdentifier,
  giveTo,
  lockUnconfirmed,
  saveProfile,
} from '#accounts'
import { record } from '#journal'
import { withdrawProof } from '#proofs'
import { identifierKey } from '#rules/accounts'
import type { Tables } from '../tables.ts'
import {
  addRegistration,
  type Filled,
  listRegistrations,
  lockRegistration,
  type Registration,
  rewriteRegistration,
} from './store.ts'

export type Placed =
  | { readonly placed: true; readonly registration: string; readonly state: string }
  /** `moved`: the account it was to wait beside has changed meanwhile; look again. */
  | { readonly placed: false; readonly because: 'login-taken' | 'moved' }

/**
 * Puts a registration where its address belongs: on a new account when nobody has it, else beside the
 * account that does, where it waits without touching it. Somebody who registers the address of another
 * and is first gets nothing by it: the account will be whose registration is proven (docs/decisions/0015).
 *
 * @throws a unique violation when somebody was faster: done again, it finds them
 */
export async function place(
  tx: Tx<Tables>,
  wish: {
    /** The registration this journey has already, which this one replaces. */
    readonly previous: string | null
    readonly claim: Claim
    readonly journey: string
    readonly now: Date
  },
): Promise<Placed> {
  const { claim, journey, now } = wish
  const previous = wish.previous ? await lockRegistration(tx, wish.previous) : undefined
  const made = previous?.made_account ? await lockUnconfirmed(tx, previous.account_id) : undefined
  const own = made && previous ? previous.account_id : null

  if (await isTaken(tx, claim.person.login, own)) {
    return { placed: false, because: 'login-taken' }
  }
  const owner = await findByIdentifier(tx, claim.email)
  const settle = (account: string, madeAccount: boolean) =>
    settleAt(tx, previous, { ...claim, account, madeAccount, journey, now })

  if (own !== null && (owner ? owner.id === own : await isAlone(tx, own))) {
    await leaveOldAddress(tx, previous, { claim, now })
    await giveTo(tx, own, claim)
    return { placed: true, registration: await settle(own, true), state: 'unconfirmed' }
  }
  if (owner?.state === 'unconfirmed' && !(await isStillAt(tx, owner.id, claim.email))) {
    return { placed: false, because: 'moved' }
  }
  await leaveOldAddress(tx, previous, { claim, now })
  const placed = owner ? await waitBeside(owner, settle) : await beginAccount(tx, { claim, settle })
  if (own !== null && (await isAlone(tx, own, 0))) await dropUnconfirmed(tx, own)
  return placed
}

type Settle = (account: string, madeAccount: boolean) => Promise<string>

async function waitBeside(owner: Account, settle: Settle): Promise<Placed> {
  return { placed: true, registration: await settle(owner.id, false), state: owner.state }
}

async function beginAccount(
  tx: Tx<Tables>,
  { claim, settle }: { readonly claim: Claim; readonly settle: Settle },
): Promise<Placed> {
  const account = await createAccount(tx, { ...claim.person, ...claim })
  await saveProfile(tx, account, claim)
  await record(tx, {
    event: 'registered',
    account,
    client: claim.client ?? undefined,
    details: { type: claim.person.accountType },
  })
  return { placed: true, registration: await settle(account, true), state: 'unconfirmed' }
}

async function settleAt(
  tx: Tx<Tables>,
  previous: Registration | undefined,
  filled: Filled,
): Promise<string> {
  if (!previous) return addRegistration(tx, filled)
  await rewriteRegistration(tx, previous.id, filled)
  return previous.id
}

/** A corrected address: the link that went to the old one dies at once (M49). */
async function leaveOldAddress(
  tx: Tx<Tables>,
  previous: Registration | undefined,
  { claim, now }: { readonly claim: Claim; readonly now: Date },
): Promise<void> {
  if (!previous || previous.email === claim.email) return
  await withdrawProof(tx, {
    account: previous.account_id,
    purpose: 'confirm-email',
    subject: previous.id,
    now,
  })
}

/** Whether the login is somebody's; not when it is of the account this very journey made. */
async function isTaken(tx: Tx<Tables>, login: string | null, own: string | null): Promise<boolean> {
  if (login === null) return false
  const holder = await findByIdentifier(tx, login)
  return holder !== undefined && holder.id !== own
}

/** Whoever made the account may be taking it to another address at this moment: one waits for the other. */
async function isStillAt(tx: Tx<Tables>, account: string, email: string): Promise<boolean> {
  const locked = await lockUnconfirmed(tx, account)
  return locked?.email != null && identifierKey(locked.email) === identifierKey(email)
}

/** Whether nobody else waits for this account: only then may its maker take it to another address. */
async function isAlone(tx: Tx<Tables>, account: string, most = 1): Promise<boolean> {
  return (await listRegistrations(tx, account)).length <= most
}
