import type { Tx } from '@myanm/database'
import { lockAccount } from '#accounts'
import type { Tables } from '../tables.ts'
import { isReusable, LIFETIMES, PAUSE } from './rules.ts'
import { endLive, findLive, noteAsked, type ProofName, saveProof } from './store.ts'

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
