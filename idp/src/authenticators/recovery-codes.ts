import { randomInt } from 'node:crypto'
import type { Tx } from '@myanm/database'
import type { Tables } from '../tables.ts'
import type { AuthenticatorNeeds } from './needs.ts'
import {
  CODE_ALPHABET,
  CODE_COUNT,
  CODE_LENGTH,
  groupedCode,
  normaliseRecoveryCode,
} from './rules.ts'
import { secretsOf } from './secrets.ts'
import { replaceRecoveryCodes, spendRecoveryCode } from './store.ts'

const PATIENCE = 30 * 60_000

/** Codes that were shown and are not good for anything yet. */
export interface CodesProposal {
  /** As they are written down. */
  readonly codes: readonly string[]
  /** What the form carries that makes them good: sealed, for this account, for half an hour. */
  readonly sealed: string
}

interface Proposed {
  readonly account: string
  readonly codes: readonly string[]
  readonly at: number
}

/**
 * Draws new codes and shows them before they are kept: they become good when their person says they have
 * them, and nobody can have them shown again.
 */
export function proposeRecoveryCodes(
  { config }: Pick<AuthenticatorNeeds, 'config'>,
  { account, now }: { readonly account: string; readonly now: Date },
): CodesProposal {
  const codes = Array.from({ length: CODE_COUNT }, drawCode)
  const proposed: Proposed = { account, codes, at: now.getTime() }
  const sealed = secretsOf(config).proposals.seal(JSON.stringify(proposed))
  return { codes: codes.map(groupedCode), sealed }
}

function drawCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET[randomInt(32)]).join('')
}

/** Puts proposed codes in the place of those before. @returns false when they were shown too long ago */
export async function keepRecoveryCodes(
  { config }: Pick<AuthenticatorNeeds, 'config'>,
  tx: Tx<Tables>,
  given: { readonly account: string; readonly sealed: string; readonly now: Date },
): Promise<boolean> {
  const { account, sealed, now } = given
  const secrets = secretsOf(config)
  let proposed: Proposed
  try {
    proposed = JSON.parse(secrets.proposals.open(sealed)) as Proposed
  } catch {
    // Not sealed by us, or altered.
    return false
  }
  const { codes, at } = proposed
  if (proposed.account !== account || !Array.isArray(codes)) return false
  if (now.getTime() - at > PATIENCE) return false
  await replaceRecoveryCodes(tx, {
    account,
    hashes: codes.map((code) => secrets.hashCode(account, code)),
  })
  return true
}

/** What uses up a typed code; null when it cannot be one. */
export function readRecoveryCode(
  { config }: Pick<AuthenticatorNeeds, 'config'>,
  { account, typed }: { readonly account: string; readonly typed: string },
): ((tx: Tx<Tables>) => Promise<boolean>) | null {
  const code = normaliseRecoveryCode(typed)
  if (code === null) return null
  const hash = secretsOf(config).hashCode(account, code)
  return (tx) => spendRecoveryCode(tx, { account, hash })
}
