import { setTimeout as pause } from 'node:timers/promises'
import { findByIdentifier } from '#accounts'
import { checkCode, type Proof } from '#proofs'
import { identifierKey } from '#rules/accounts'
import type { RecoveryLimits } from './limits.ts'
import type { RecoveryNeeds } from './needs.ts'
import { wayBackFor } from './rules.ts'

export type CodeEntry =
  | { readonly right: true; readonly proof: Proof }
  | { readonly right: false; readonly because: 'wrong' }
  | { readonly right: false; readonly because: 'too-many'; readonly minutes: number }

/** When a wrong code is answered, in milliseconds after it came: longer than any of the work takes. */
const EVEN = 250

/**
 * Holds a typed code against the mail that may have been sent to whoever was named. A name that is
 * nobody's, a code of another mail, one guessed at too often: one answer, at one time after the
 * question. What is looked up for an account and not for nobody cannot be timed (yardsticks F35).
 */
export async function enterCode(
  needs: RecoveryNeeds & { readonly limits: RecoveryLimits },
  entry: { readonly identifier: string; readonly code: string },
): Promise<CodeEntry> {
  const due = pause(EVEN)
  const account = await findByIdentifier(needs.db, entry.identifier)
  const who = account?.id ?? `nobody:${identifierKey(entry.identifier)}`
  const verdict = await needs.limits.codes.take(who)
  if (!verdict.allowed) {
    await due
    return { right: false, because: 'too-many', minutes: verdict.minutes }
  }
  const purpose = account && wayBackFor(account)
  const answer = await checkCode(needs, {
    name: account && purpose ? { account: account.id, purpose } : null,
    typed: entry.code,
    now: new Date(),
  })
  if (answer.right) {
    await needs.limits.codes.giveBack(who)
    return answer
  }
  await due
  return { right: false, because: 'wrong' }
}
