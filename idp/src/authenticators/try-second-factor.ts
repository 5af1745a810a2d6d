import type { Tx } from '@myanm/database'
import { record } from '#journal'
import { post } from '#mail'
import type { Tables } from '../tables.ts'
import { checkOneTimeCode } from './application.ts'
import type { FactorNeeds } from './needs.ts'
import { checkPasskey, type Place } from './passkeys.ts'
import { readRecoveryCode } from './recovery-codes.ts'
import { amrOf, type Factor, MOST_FAILURES } from './rules.ts'
import {
  clearSecondFactorFailures,
  countSecondFactorFailure,
  secondFactorFailures,
} from './store.ts'

export interface FactorTry {
  readonly account: string
  readonly way: Factor
  /** What was typed, or the answer of the passkey. */
  readonly given: string
  readonly place: Place
  readonly address: string
  readonly client: string
  readonly now: Date
}

export type FactorOutcome =
  | { readonly right: true; readonly amr: readonly string[] }
  | { readonly right: false; readonly because: 'wrong' | 'closed' }
  | { readonly right: false; readonly because: 'locked'; readonly minutes: number }

/** What the right answer does when it is used, and what it proves. */
interface Answer {
  readonly amr: readonly string[]
  use(tx: Tx<Tables>): Promise<boolean>
}

/**
 * Tries a second factor of somebody who has given the right password. Tries are counted before they are
 * made, whichever way is tried; a right answer is used up by the statement that says so, and a hundred
 * at once are one (ASVS 6.5.1, NIST SP 800-63B-4 §3.2.2).
 */
export async function trySecondFactor(
  needs: FactorNeeds,
  attempt: FactorTry,
): Promise<FactorOutcome> {
  const { db, attempts } = needs
  const { account, way, client } = attempt
  const about = { account, client, details: { way } }

  const verdict = await attempts.beginSecond(account, attempt.address)
  if (!verdict.allowed) {
    await record(db, { event: 'second-factor-locked', ...about })
    return { right: false, because: 'locked', minutes: verdict.minutes }
  }
  // Nobody guesses a passkey: only codes are closed after too many failures in a row.
  if (way !== 'passkey' && (await secondFactorFailures(db, account)) >= MOST_FAILURES) {
    await record(db, { event: 'second-factor-locked', ...about })
    return { right: false, because: 'closed' }
  }

  const answer = await answerTo(needs, attempt)
  const right = await db.transaction().execute(async (tx) => {
    if (answer && (await answer.use(tx))) {
      await clearSecondFactorFailures(tx, account)
      if (way === 'recovery-code') await tellCodeUsed(tx, { account, client })
      return true
    }
    await countSecondFactorFailure(tx, account)
    await record(tx, { event: 'second-factor-refused', ...about })
    if (verdict.isLast) {
      const once = `locked:${account}`
      await post(tx, { code: 'locked', account, details: { minutes: 15 }, once })
    }
    return false
  })
  if (!right || !answer) return { right: false, because: 'wrong' }
  await attempts.forgiveSecond(account, attempt.address)
  return { right: true, amr: answer.amr }
}

async function answerTo(needs: FactorNeeds, attempt: FactorTry): Promise<Answer | null> {
  const { account, given, way, place, now } = attempt
  switch (way) {
    case 'passkey': {
      const passkey = await checkPasskey(needs, { place, account, answer: given, now })
      return passkey && { amr: amrOf(way, passkey), use: passkey.use }
    }
    case 'application': {
      const use = await checkOneTimeCode(needs, { account, code: given, now })
      return use && { amr: amrOf(way), use }
    }
    case 'recovery-code': {
      const use = readRecoveryCode(needs, { account, typed: given })
      return use && { amr: amrOf(way), use }
    }
  }
}

async function tellCodeUsed(
  tx: Tx<Tables>,
  { account, client }: { readonly account: string; readonly client: string },
): Promise<void> {
  await record(tx, { event: 'recovery-code-used', account, client })
  await post(tx, { code: 'security-changed', account, details: { what: 'code_used' } })
}
