import type { Db } from '@myanm/database'
import { record } from '#journal'
import { post } from '#mail'
import { identifierKey } from '#rules/accounts'
import type { Tables } from '../tables.ts'
import type { Attempts, Try } from './attempts.ts'
import type { Passwords } from './passwords.ts'
import { isClosed, isJustClosed } from './rules.ts'
import {
  type Credentials,
  clearPasswordFailures,
  countPasswordFailure,
  findCredentials,
  findCredentialsOf,
  replaceHash,
} from './store.ts'

export interface SignInNeeds {
  readonly db: Db<Tables>
  readonly passwords: Passwords
  readonly attempts: Attempts
}

export interface PasswordTry {
  /** As it was typed; or the account, when it is known who is asked again. */
  readonly whose: { readonly identifier: string } | { readonly account: string }
  readonly password: string
  readonly address: string
  readonly client: string
  /** What this browser is called by an account whose person has signed in with it before. */
  readonly browserOf: (account: string) => string | null
  /** The password of the latest registration that waits for this address, whoever has its account. */
  readonly waitingHash?: (identifier: string) => Promise<string | null>
}

/** Somebody who has given the right password, and what stands between them and the site. */
export interface Proven {
  readonly account: string
  readonly state: Tables['account']['state']
  readonly mustChangePassword: boolean
  readonly hasSecondFactor: boolean
}

export type SignInOutcome =
  | { readonly proven: true; readonly person: Proven }
  /** `waiting`: the password of a registration whose mailbox is not proven (E03). */
  | { readonly proven: false; readonly because: 'mismatch' | 'closed' | 'waiting' }
  | { readonly proven: false; readonly because: 'locked'; readonly minutes: number }

/**
 * Checks a login (or e-mail) and a password.
 *
 * Unknown, wrong, locked and closed take the same work and tell nothing about who has an account (4.3,
 * F34, F35): the state of an account is only spoken of to somebody who knows its password, and that a
 * password is closed only to a browser its person has signed in with.
 */
export async function signIn(needs: SignInNeeds, attempt: PasswordTry): Promise<SignInOutcome> {
  const { db, passwords, attempts } = needs
  const { client } = attempt
  const { known, who } = await whoIsMeant(db, attempt.whose)
  const browser = known ? attempt.browserOf(known.id) : null
  const counted: Try = {
    who,
    address: attempt.address,
    // With the password it is about: whoever has chosen a new one starts anew where they are known, too.
    browser: browser && `${browser} ${known?.password_hash}`,
  }

  const verdict = await attempts.begin(counted)
  if (!verdict.allowed) {
    await record(db, { event: 'sign-in-locked', account: known?.id, client })
    return { proven: false, because: 'locked', minutes: verdict.minutes }
  }

  const matches = await passwords.verify(known?.password_hash ?? null, attempt.password)
  // Past that many failures in a row the right password is no longer told from a wrong one.
  const closed = known !== undefined && isClosed(known.password_failures)
  const waits = !matches && (await isWaiting(needs, attempt))
  if (waits && !closed) {
    await attempts.giveBack(counted)
    return { proven: false, because: 'waiting' }
  }
  if (!known || !matches || closed) {
    await refuse(needs, { counted, account: known?.id, client, isLast: verdict.isLast })
    return { proven: false, because: closed && browser !== null ? 'closed' : 'mismatch' }
  }

  if (known.state === 'unconfirmed') {
    // Anybody can register anybody's address: knowing that password lifts no lock.
    await attempts.giveBack(counted)
    return { proven: true, person: provenBy(known) }
  }
  await attempts.forgive(counted)
  if (known.password_failures > 0) await clearPasswordFailures(db, known.id)
  if (known.password_hash && passwords.needsRehash(known.password_hash)) {
    const renewed = await passwords.hash(attempt.password)
    await replaceHash(db, known.id, { old: known.password_hash, new: renewed })
  }
  return { proven: true, person: provenBy(known) }
}

/** What stands between somebody who proved who they are some other way and the site. */
export async function provenOf(
  { db }: Pick<SignInNeeds, 'db'>,
  account: string,
): Promise<Proven | null> {
  const known = await findCredentialsOf(db, account)
  return known ? provenBy(known) : null
}

const provenBy = (known: Credentials): Proven => ({
  account: known.id,
  state: known.state,
  mustChangePassword: known.must_change_password,
  hasSecondFactor: known.has_second_factor,
})

/**
 * Whoever has just registered an address and tries to sign in is told to look at their mail. So are those
 * whose address was somebody's already: else registering and signing in would tell which it is (F34). A
 * wrong password costs two comparisons, always.
 */
async function isWaiting(
  { passwords }: Pick<SignInNeeds, 'passwords'>,
  { whose, password, waitingHash }: PasswordTry,
): Promise<boolean> {
  if ('account' in whose || !waitingHash) return false
  return passwords.verify(await waitingHash(whose.identifier), password)
}

async function whoIsMeant(
  db: Db<Tables>,
  whose: PasswordTry['whose'],
): Promise<{ known: Credentials | undefined; who: string }> {
  if ('account' in whose) {
    return { known: await findCredentialsOf(db, whose.account), who: whose.account }
  }
  const identifier = identifierKey(whose.identifier)
  const known = await findCredentials(db, identifier)
  // Marked, so that typing somebody's internal name does not spend their tries.
  return { known, who: known?.id ?? `nobody:${identifier}` }
}

/** Writes the refusal down; the try that closes the door also tells the owner (ML8). */
async function refuse(
  { db, attempts }: Pick<SignInNeeds, 'db' | 'attempts'>,
  refused: { counted: Try; account: string | undefined; client: string; isLast: boolean },
): Promise<void> {
  const { account, client } = refused
  const isSpraying = await attempts.noteFailure(refused.counted)
  await db.transaction().execute(async (tx) => {
    await record(tx, { event: 'sign-in-refused', account, client })
    if (isSpraying) await record(tx, { event: 'sign-in-spraying', client })
    const failures = await countPasswordFailure(tx, account)
    if (account === undefined) return
    if (refused.isLast) {
      const once = `locked:${account}`
      await post(tx, { code: 'locked', account, details: { minutes: 15 }, once })
    }
    if (isJustClosed(failures)) {
      await record(tx, { event: 'sign-in-closed', account, client })
      await post(tx, { code: 'security-changed', account, details: { what: 'closed' } })
    }
  })
}
