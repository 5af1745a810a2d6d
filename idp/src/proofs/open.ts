import type { Tx } from '@myanm/database'
import { lockAccount } from '#accounts'
import type { Tables } from '../tables.ts'
import { isReusable, LIFETIMES, PAUSE, type Purpose, TRIES } from './rules.ts'
import {
  endLive,
  findLive,
  noteAsked,
  type ProofName,
  prolong,
  saveProof,
  saveProofs,
} from './store.ts'

export type Opened =
  | { readonly opened: true; readonly proof: string }
  /** Asked for less than a minute ago: the mail is on its way. */
  | { readonly opened: false; readonly proof: string }

/**
 * Opens a proof for the mail that is about to be queued, in the same transaction. Asked for again, it
 * is the same proof as long as that is sensible, else a new one in its place: one is live at a time.
 *
 * @returns `opened: false` when the same was asked for within the last minute: send no second mail
 */
export async function openProof(
  tx: Tx<Tables>,
  wished: ProofName & {
    /** The address it proves, when not the account's own. */
    readonly email?: string
    readonly client?: string | undefined
    /** SHA-256 of what only the asking browser has. */
    readonly browser?: Buffer
    readonly now: Date
  },
): Promise<Opened> {
  const { now, purpose } = wished
  const email = wished.email ?? null
  // Of those who ask for the same at once one opens it, the others find it.
  await lockAccount(tx, wished.account)
  const live = await findLive(tx, wished)
  if (live && isReusable(live, { purpose, email, now })) {
    const isAgain = now.getTime() - live.asked_at.getTime() >= PAUSE
    if (isAgain) await noteAsked(tx, live.id, now)
    return { opened: isAgain, proof: live.id }
  }
  if (live) await endLive(tx, wished, now)
  const proof = await saveProof(tx, {
    ...wished,
    email,
    client: wished.client ?? null,
    browser: wished.browser ?? null,
    expiresAt: new Date(now.getTime() + LIFETIMES[purpose]),
  })
  return { opened: true, proof }
}

/** What was asked for is no longer wanted, or no longer safe: its link and its code end. */
export function withdrawProof(
  tx: Tx<Tables>,
  name: ProofName & { readonly now: Date },
): Promise<void> {
  return endLive(tx, name, name.now)
}

/**
 * Opens many proofs of one person at once, each for something new and at an address of its own: in one
 * statement, where two hundred would be six hundred.
 * @returns subject → proof
 */
export async function openProofs(
  tx: Tx<Tables>,
  wished: {
    readonly account: string
    readonly purpose: Purpose
    readonly of: readonly { readonly subject: string; readonly email: string }[]
    readonly now: Date
  },
): Promise<ReadonlyMap<string, string>> {
  const { now, purpose } = wished
  return saveProofs(tx, { ...wished, expiresAt: new Date(now.getTime() + LIFETIMES[purpose]) })
}

/**
 * The same link with its whole life before it again, so that the first mail works too when it arrives
 * late; another one when its code was guessed at, or there is none that lives. Whoever asks sees to the
 * pause between two mails.
 */
export async function renewProof(
  tx: Tx<Tables>,
  wished: ProofName & { readonly email: string; readonly now: Date },
): Promise<string> {
  const { purpose, now, email } = wished
  await lockAccount(tx, wished.account)
  const live = await findLive(tx, wished)
  const expiresAt = new Date(now.getTime() + LIFETIMES[purpose])
  const isSame = live?.email === email && live.tries_left === TRIES && live.expires_at > now
  if (live && isSame) {
    await prolong(tx, live.id, { now, expiresAt })
    return live.id
  }
  if (live) await endLive(tx, wished, now)
  return saveProof(tx, { ...wished, client: null, browser: null, expiresAt })
}
