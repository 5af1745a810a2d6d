import type { Db } from '@myanm/database'
import { record } from '#journal'
import { post } from '#mail'
import type { Tables } from '../tables.ts'
import type { Attempts } from './attempts.ts'
import type { Passwords } from './passwords.ts'
import { normaliseIdentifier, refusalByState, type StateRefusal } from './rules.ts'
import { findCredentials, replaceHash } from './store.ts'

export interface SignInNeeds {
  readonly db: Db<Tables>
  readonly passwords: Passwords
  readonly attempts: Attempts
}

export type SignInOutcome =
  | { readonly signedIn: true; readonly account: string }
  | { readonly signedIn: false; readonly because: 'mismatch' | StateRefusal }
  | { readonly signedIn: false; readonly because: 'locked'; readonly minutes: number }

/**
 * Checks a login (or e-mail) and a password.
 *
 * Unknown, wrong and locked take the same work and tell nothing about who has an account (4.3, F34,
 * F35): the state of an account is only spoken of to somebody who knows its password.
 */
export async function signIn(
  needs: SignInNeeds,
  attempt: {
    readonly identifier: string
    readonly password: string
    readonly address: string
    readonly client: string
  },
): Promise<SignInOutcome> {
  const { db, passwords, attempts } = needs
  const identifier = normaliseIdentifier(attempt.identifier)
  const known = await findCredentials(db, identifier)
  // Marked, so that typing somebody's internal name does not spend their tries.
  const who = known?.id ?? `nobody:${identifier}`

  const verdict = await attempts.begin(who, attempt.address)
  if (!verdict.allowed) {
    await record(db, { event: 'sign-in-locked', account: known?.id, client: attempt.client })
    return { signedIn: false, because: 'locked', minutes: verdict.minutes }
  }

  const matches = await passwords.verify(known?.password_hash ?? null, attempt.password)
  if (!known || !matches) {
    await refuse(needs, { account: known?.id, client: attempt.client, isLast: verdict.isLast })
    return { signedIn: false, because: 'mismatch' }
  }

  await attempts.forgive(who, attempt.address)
  const refusal = refusalByState(known.state)
  if (refusal) {
    await record(db, {
      event: 'sign-in-refused',
      account: known.id,
      client: attempt.client,
      details: { because: refusal },
    })
    return { signedIn: false, because: refusal }
  }

  if (known.password_hash && passwords.needsRehash(known.password_hash)) {
    const renewed = await passwords.hash(attempt.password)
    await replaceHash(db, known.id, { old: known.password_hash, new: renewed })
  }
  await record(db, { event: 'signed-in', account: known.id, client: attempt.client })
  return { signedIn: true, account: known.id }
}

/** Writes the refusal down; the try that closes the door also tells the owner (ML8). */
async function refuse(
  { db }: Pick<SignInNeeds, 'db'>,
  refused: { account: string | undefined; client: string; isLast: boolean },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await record(tx, { event: 'sign-in-refused', account: refused.account, client: refused.client })
    if (refused.isLast && refused.account) {
      await post(tx, {
        code: 'locked',
        account: refused.account,
        details: { minutes: 15 },
        once: `locked:${refused.account}`,
      })
    }
  })
}
