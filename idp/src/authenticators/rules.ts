/** What may prove who somebody is, besides the password. */
export type Factor = 'passkey' | 'application' | 'recovery-code'

/** What an account has set up, as pages and decisions need it. */
export interface SecondFactors {
  readonly passkeys: readonly PasskeyEntry[]
  /** The codes of an application (RFC 6238); null when there is none. */
  readonly application: { readonly since: Date; readonly lastUsedAt: Date | null } | null
  /** Recovery codes that were not used yet. */
  readonly recoveryCodes: number
}

export interface PasskeyEntry {
  readonly id: string
  readonly name: string
  readonly since: Date
  readonly lastUsedAt: Date | null
  readonly isSynced: boolean
}

/** Codes on paper are no factor of their own: they stand in for one that was lost. */
export function hasAny(factors: SecondFactors): boolean {
  return factors.passkeys.length > 0 || factors.application !== null
}

/** What may be asked for, the safest and easiest first. */
export function waysOf(factors: SecondFactors): Factor[] {
  const ways: Factor[] = []
  if (factors.passkeys.length > 0) ways.push('passkey')
  if (factors.application) ways.push('application')
  if (ways.length > 0 && factors.recoveryCodes > 0) ways.push('recovery-code')
  return ways
}

/** The way that is shown: the one that was chosen, if it is one of theirs, else the first. */
export function chosenWay(ways: readonly Factor[], chosen: string | undefined): Factor | null {
  return ways.find((way) => way === chosen) ?? ways[0] ?? null
}

/**
 * What each way proves (RFC 8176 §2). A passkey checked the person itself: with a key that is copied to
 * other devices it is « swk », bound to one « hwk ». Codes are things one has.
 */
export function amrOf(way: Factor, passkey?: { readonly isSynced: boolean }): readonly string[] {
  if (way === 'passkey') return [passkey?.isSynced ? 'swk' : 'hwk', 'user', 'mfa']
  return ['otp', 'mfa']
}

/** Seconds one code of an application is shown (RFC 6238 §5.2). */
export const STEP = 30

/** Six digits, however they were grouped. */
export function normaliseOneTimeCode(typed: string): string | null {
  const digits = typed.normalize('NFKC').replaceAll(/[\s\u2010-\u2015.-]/g, '')
  return /^\d{6}$/.test(digits) ? digits : null
}

/** Digits and letters nobody mistakes for one another (Crockford’s base 32). */
export const CODE_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
/** Eighty bits each (NIST SP 800-63B-4 §3.1.2: at least 64). */
export const CODE_LENGTH = 16
export const CODE_COUNT = 10

/** A recovery code as it is compared: groups, capitals and look-alikes do not count. */
export function normaliseRecoveryCode(typed: string): string | null {
  const letters = typed
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s\u2010-\u2015.-]/g, '')
    .replaceAll('o', '0')
    .replaceAll(/[il]/g, '1')
  const isCode = letters.length === CODE_LENGTH && [...letters].every(isOfAlphabet)
  return isCode ? letters : null
}

const isOfAlphabet = (letter: string): boolean => CODE_ALPHABET.includes(letter)

/** « 7k3m-q0w9-… », as it is written down. */
export function groupedCode(code: string): string {
  return code.replaceAll(/(.{4})(?=.)/g, '$1-')
}

/** A secret as people type it into an application: groups of four. */
export function groupedSecret(secret: string): string {
  return secret.replaceAll(/(.{4})(?=.)/g, '$1 ')
}

/** Passkeys one person may have: enough for every device, not for filling a table. */
export const MOST_PASSKEYS = 20
export const LONGEST_NAME = 60

/** Failures in a row after which codes no longer let anybody in: see `isClosed` of the passwords. */
export const MOST_FAILURES = 90
