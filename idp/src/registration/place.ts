import type { Tx } from '@myanm/database'
import {
  type Account,
  type Claim,
  createAccount,
  dropUnconfirmed,
  findByIdentifier,
  giveTo,
  giveUpLogin,
  lockUnconfirmed,
  saveProfile,
} from '#accounts'
import { record } from '#journal'
import { withdrawProof } from '#proofs'
import { identifierKey } from '#rules/accounts'
import type { Tables } from '../tables.ts'
import { giveOver } from './give-over.ts'
import {
  addRegistration,
  type Filled,
  findFiller,
  listRegistrations,
  lockRegistration,
  type Registration,
  rewriteRegistration,
  setFills,
} from './store.ts'

export type Placed =
  | { readonly placed: true; readonly registration: string; readonly state: string }
  /** `moved`: the account it was to wait beside has changed meanwhile; look again. */
  | { readonly placed: false; readonly because: 'login-taken' | 'moved' }

/**
 * Puts a registration where its address belongs: on a new account when nobody has it, else with the
 * account that does. An account that waits to be proven says what the latest registration says; one that
 * is open, or was carried over, is not touched. Whoever registers somebody else's address first, or last,
 * gets nothing by it: the account will be whose registration is proven (docs/decisions/0015).
 *
 * @throws a unique violation when somebody was faster: done again, it finds them
 */
export async function place(
  tx: Tx<Tables>,
  wish: {
    /** The registration this journey has already, which this one replaces. */
    readonly previous: string | null
    readonly claim: Claim
    readonly newsletters: readonly string[]
    readonly journey: string
    readonly now: Date
  },
): Promise<Placed> {
  const { claim, newsletters, journey, now } = wish
  const previous = wish.previous ? await lockRegistration(tx, wish.previous) : undefined
  const filled = previous?.fills_account && (await lockUnconfirmed(tx, previous.account_id))
  const own = filled ? previous.account_id : null

  if (await isTaken(tx, claim.person.login, own)) {
    return { placed: false, because: 'login-taken' }
  }
  const owner = await findByIdentifier(tx, claim.email)
  const settle = (account: string, fillsAccount: boolean) =>
    settleAt(tx, previous, {
      ...claim,
      account,
      fillsAccount,
      newsletters,
      journey,
      now,
    })

  if (own !== null && (owner ? owner.id === own : await isAlone(tx, own))) {
    await leaveOldAddress(tx, previous, { claim, now })
    await giveTo(tx, own, claim)
    return { placed: true, registration: await settle(own, true), state: 'unconfirmed' }
  }
  if (owner?.state === 'unconfirmed' && !(await isStillAt(tx, owner.id, claim.email))) {
    return { placed: false, because: 'moved' }
  }
  await leaveOldAddress(tx, previous, { claim, now })
  if (own !== null) await giveUpLogin(tx, own)
  const placed = owner
    ? await joinAccount(tx, { owner, claim, settle })
    : await beginAccount(tx, { claim, settle })
  if (own !== null) await leaveAccount(tx, own)
  return placed
}

type Settle = (account: string, fillsAccount: boolean) => Promise<string>

async function joinAccount(
  tx: Tx<Tables>,
  {
    owner,
    claim,
    settle,
  }: { readonly owner: Account; readonly claim: Claim; readonly settle: Settle },
): Promise<Placed> {
  const { id, state } = owner
  const before = state === 'unconfirmed' ? await findFiller(tx, id) : undefined
  if (!before) return { placed: true, registration: await settle(id, false), state }
  await setFills(tx, before.id, 'waits beside')
  await giveTo(tx, id, claim)
  return { placed: true, registration: await settle(id, true), state }
}

/** Whoever filled an account has gone elsewhere: it is of the next who waits for it, or of nobody. */
async function leaveAccount(tx: Tx<Tables>, account: string): Promise<void> {
  const [next] = await listRegistrations(tx, account)
  if (!next) return dropUnconfirmed(tx, account)
  await setFills(tx, next.id, 'fills')
  await giveOver(tx, next)
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

/** Whether the login is somebody's; not when it is of the account this very journey fills. */
async function isTaken(tx: Tx<Tables>, login: string | null, own: string | null): Promise<boolean> {
  if (login === null) return false
  const holder = await findByIdentifier(tx, login)
  return holder !== undefined && holder.id !== own
}

/** Whoever fills the account may be taking it to another address at this moment: one waits for the other. */
async function isStillAt(tx: Tx<Tables>, account: string, email: string): Promise<boolean> {
  const locked = await lockUnconfirmed(tx, account)
  return locked?.email != null && identifierKey(locked.email) === identifierKey(email)
}

/** Whether nobody else waits for this account: only then may it go along to another address. */
async function isAlone(tx: Tx<Tables>, account: string): Promise<boolean> {
  return (await listRegistrations(tx, account)).length === 1
}
