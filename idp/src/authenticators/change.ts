import type { Tx } from '@myanm/database'
import { lockAccount } from '#accounts'
import { record } from '#journal'
import { post } from '#mail'
import { endSessionsOf } from '#oidc'
import type { Tables } from '../tables.ts'
import { keepApplication } from './application.ts'
import type { AuthenticatorNeeds } from './needs.ts'
import { checkNewPasskey, type NewPasskey, type Place } from './passkeys.ts'
import { keepRecoveryCodes } from './recovery-codes.ts'
import {
  hasSecondFactor,
  listPasskeys,
  removeApplication,
  removePasskey,
  replaceRecoveryCodes,
} from './store.ts'

/** What a person did to what proves who they are: written down, and told by mail (NIST §4.6). */
const CHANGES = {
  'passkey-added': 'passkey_added',
  'passkey-removed': 'passkey_removed',
  'second-factor-added': 'application_added',
  'second-factor-removed': 'application_removed',
  'recovery-codes-made': 'codes_made',
} as const

async function tell(tx: Tx<Tables>, event: keyof typeof CHANGES, account: string): Promise<void> {
  await record(tx, { event, account })
  await post(tx, { code: 'security-changed', account, details: { what: CHANGES[event] } })
}

export async function addPasskey(
  needs: AuthenticatorNeeds,
  given: {
    readonly account: string
    readonly place: Place
    readonly answer: string
    readonly name: string
    readonly now: Date
  },
): Promise<NewPasskey> {
  const keep = await checkNewPasskey(needs, given)
  if (!keep) return { made: false, because: 'refused' }
  return needs.db.transaction().execute(async (tx) => {
    const outcome = await keep(tx, given)
    if (outcome.made) await tell(tx, 'passkey-added', given.account)
    return outcome
  })
}

export function dropPasskey(
  { db }: Pick<AuthenticatorNeeds, 'db'>,
  given: { readonly account: string; readonly id: string },
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await lockAccount(tx, given.account)
    if (!(await removePasskey(tx, given))) return false
    await forgetOrphanedCodes(tx, given.account)
    await tell(tx, 'passkey-removed', given.account)
    return true
  })
}

/** @returns false when the code is not that of the application that was shown its secret */
export function addApplication(
  needs: AuthenticatorNeeds,
  given: {
    readonly account: string
    readonly sealed: string
    readonly code: string
    readonly now: Date
  },
): Promise<boolean> {
  return needs.db.transaction().execute(async (tx) => {
    if (!(await keepApplication(needs, tx, given))) return false
    await tell(tx, 'second-factor-added', given.account)
    return true
  })
}

export function dropApplication(
  { db }: Pick<AuthenticatorNeeds, 'db'>,
  account: string,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await lockAccount(tx, account)
    if (!(await removeApplication(tx, account))) return false
    await forgetOrphanedCodes(tx, account)
    await tell(tx, 'second-factor-removed', account)
    return true
  })
}

/**
 * Takes away every second factor of somebody who has lost them, in the caller's transaction: two of the
 * team have decided so (specification M64). Whoever is signed in with one is so no longer.
 */
export async function dropAllFactors(tx: Tx<Tables>, account: string): Promise<void> {
  await lockAccount(tx, account)
  for (const { id } of await listPasskeys(tx, account)) await removePasskey(tx, { account, id })
  await removeApplication(tx, account)
  await forgetOrphanedCodes(tx, account)
  await endSessionsOf(tx, account, 'all')
  await tell(tx, 'second-factor-removed', account)
}

/** Codes on paper stand in for another factor: with the last of those they go too. */
async function forgetOrphanedCodes(tx: Tx<Tables>, account: string): Promise<void> {
  if (await hasSecondFactor(tx, account)) return
  await replaceRecoveryCodes(tx, { account, hashes: [] })
}

/** @returns false when the codes were shown too long ago, or stand in for nothing */
export function renewRecoveryCodes(
  needs: AuthenticatorNeeds,
  given: { readonly account: string; readonly sealed: string; readonly now: Date },
): Promise<boolean> {
  return needs.db.transaction().execute(async (tx) => {
    await lockAccount(tx, given.account)
    if (!(await hasSecondFactor(tx, given.account))) return false
    if (!(await keepRecoveryCodes(needs, tx, given))) return false
    await tell(tx, 'recovery-codes-made', given.account)
    return true
  })
}
