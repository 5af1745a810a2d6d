import type { Db, Tx } from '@myanm/database'
import { Secret, TOTP } from 'otpauth'
import { renderSVG } from 'uqr'
import type { Tables } from '../tables.ts'
import type { AuthenticatorNeeds } from './needs.ts'
import { groupedSecret, normaliseOneTimeCode, STEP } from './rules.ts'
import { type Keys, secretsOf } from './secrets.ts'
import { findSealedSecret, saveApplication, spendStep } from './store.ts'

/** 160 bits, as RFC 4226 §4 recommends. */
const SECRET_BYTES = 20
/** Before and after: clocks of phones differ a little (RFC 6238 §5.2). */
const WINDOW = 1
/** How long the page with a new secret may stay open, in milliseconds. */
const PATIENCE = 30 * 60_000

/** A secret that was shown and is not kept yet. */
export interface ApplicationProposal {
  /** To be typed by hand. */
  readonly secret: string
  /** To be opened by an application on the same device. */
  readonly uri: string
  /** To be scanned by one on another: an SVG image. */
  readonly drawing: string
  /** What its form carries: sealed, for this account, for half an hour. */
  readonly sealed: string
}

interface Proposed {
  readonly account: string
  readonly secret: string
  readonly at: number
}

const totpOf = (secret: Secret, label = ''): TOTP =>
  new TOTP({ issuer: 'MyANM', label, secret, period: STEP, digits: 6, algorithm: 'SHA1' })

/** Draws a new secret; nothing is kept, and asking again draws another. */
export function proposeApplication(
  { config }: Pick<AuthenticatorNeeds, 'config'>,
  asked: { readonly account: string; readonly login: string; readonly now: Date },
): ApplicationProposal {
  const { account, login, now } = asked
  const proposed: Proposed = {
    account,
    secret: new Secret({ size: SECRET_BYTES }).base32,
    at: now.getTime(),
  }
  const sealed = secretsOf(config).proposals.seal(JSON.stringify(proposed))
  return shown(proposed, { login, sealed })
}

/** The same secret again, after a mistyped code; null when it was not ours to give, or too long ago. */
export function sameProposal(
  { config }: Pick<AuthenticatorNeeds, 'config'>,
  asked: {
    readonly account: string
    readonly login: string
    readonly sealed: string
    readonly now: Date
  },
): ApplicationProposal | null {
  const proposed = openProposal(config, asked)
  return proposed && shown(proposed, asked)
}

function shown(
  { secret }: Proposed,
  { login, sealed }: { readonly login: string; readonly sealed: string },
): ApplicationProposal {
  const uri = totpOf(Secret.fromBase32(secret), login).toString()
  const drawing = renderSVG(uri, { border: 2, pixelSize: 4 })
  return { secret: groupedSecret(secret), uri, drawing, sealed }
}

function openProposal(
  config: AuthenticatorNeeds['config'],
  { account, sealed, now }: { account: string; sealed: string; now: Date },
): Proposed | null {
  try {
    const proposed = JSON.parse(secretsOf(config).proposals.open(sealed)) as Proposed
    const isOpen = now.getTime() - proposed.at <= PATIENCE
    return proposed.account === account && isOpen ? proposed : null
  } catch {
    // Not sealed by us, or altered: as good as none.
    return null
  }
}

/** The step a code belongs to; null when it is none of the three it may be. */
function stepOf(secret: Secret, typed: string, now: Date): number | null {
  const token = normaliseOneTimeCode(typed)
  if (token === null) return null
  const timestamp = now.getTime()
  const delta = totpOf(secret).validate({ token, timestamp, window: WINDOW })
  return delta === null ? null : TOTP.counter({ period: STEP, timestamp }) + delta
}

/**
 * Keeps a proposed secret, once its application has shown that it has it too. The code that shows it is
 * spent. @returns false when the code is wrong, or there is an application already
 */
export async function keepApplication(
  { config }: Pick<AuthenticatorNeeds, 'config'>,
  tx: Tx<Tables>,
  given: {
    readonly account: string
    readonly sealed: string
    readonly code: string
    readonly now: Date
  },
): Promise<boolean> {
  const { account, code, now } = given
  const proposed = openProposal(config, given)
  const step = proposed && stepOf(Secret.fromBase32(proposed.secret), code, now)
  if (!proposed || step === null) return false
  return saveApplication(tx, {
    account,
    sealedSecret: seal(config, account, proposed.secret),
    step,
  })
}

/** Gives somebody an application whose secret is known elsewhere: people of a scene, and their programs. */
export function giveApplication(
  { config }: { readonly config: Keys },
  tx: Tx<Tables>,
  { account, secret }: { readonly account: string; readonly secret: string },
): Promise<boolean> {
  return saveApplication(tx, { account, sealedSecret: seal(config, account, secret), step: 0 })
}

const seal = (config: Keys, account: string, secret: string): string =>
  secretsOf(config).secrets.seal(`${account}:${secret}`)

/** Checks a code of somebody's application; `use` spends its step. Null when it is wrong. */
export async function checkOneTimeCode(
  { config, db }: Pick<AuthenticatorNeeds, 'config'> & { readonly db: Db<Tables> },
  given: { readonly account: string; readonly code: string; readonly now: Date },
): Promise<((tx: Tx<Tables>) => Promise<boolean>) | null> {
  const { account, code, now } = given
  const sealed = await findSealedSecret(db, account)
  if (sealed === undefined) return null
  const [owner, secret = ''] = secretsOf(config).secrets.open(sealed).split(':')
  // A secret moved to another row is nobody's.
  if (owner !== account) return null
  const step = stepOf(Secret.fromBase32(secret), code, now)
  return step === null ? null : (tx) => spendStep(tx, { account, step })
}
