/** What a mailed link may prove (specification 8.1 « jetons », 4.8). */
export type Purpose =
  | 'confirm-email'
  | 'reset-password'
  | 'first-sign-in'
  | 'change-email'
  | 'cancel-deletion'
  | 'newsletter'
  | 'attach-login'
  | 'staff-invitation'
  | 'invitation'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** How long each link and its code live, in milliseconds (4.8). */
export const LIFETIMES: Readonly<Record<Purpose, number>> = {
  'confirm-email': DAY,
  'reset-password': HOUR,
  'first-sign-in': DAY,
  'change-email': DAY,
  'cancel-deletion': 7 * DAY,
  newsletter: 7 * DAY,
  'attach-login': DAY,
  'staff-invitation': DAY,
  invitation: 14 * DAY,
}

/** Wrong codes before a proof is good for its link only; then another mail has another code. */
export const TRIES = 5

/** Pause before the same mail may be asked for again, in milliseconds (M48). */
export const PAUSE = 60_000

export interface ProofRow {
  readonly email: string | null
  readonly tries_left: number
  readonly created_at: Date
  readonly expires_at: Date
  readonly used_at: Date | null
  readonly ended_at: Date | null
}

/** Why a link does not work (any longer); null when it does. The boundary belongs to « expired ». */
export type ProofRefusal = 'used' | 'replaced' | 'expired'

export function refusalOf(proof: ProofRow, now: Date): ProofRefusal | null {
  if (proof.used_at) return 'used'
  if (proof.ended_at) return 'replaced'
  return proof.expires_at <= now ? 'expired' : null
}

/**
 * Whether a mail asked for again carries the same link: then the first one, when it arrives after all,
 * works too. Not when little of its life is left, when its code was guessed at, or for another address.
 */
export function isReusable(
  proof: ProofRow,
  wished: { readonly purpose: Purpose; readonly email: string | null; readonly now: Date },
): boolean {
  return (
    refusalOf(proof, wished.now) === null &&
    proof.tries_left === TRIES &&
    proof.email === wished.email &&
    proof.expires_at.getTime() - wished.now.getTime() > LIFETIMES[wished.purpose] / 2
  )
}

/** Codes are read off one screen and typed on another: digits, white space and dashes do not count. */
export function normaliseCode(typed: string): string {
  return typed.normalize('NFKC').replaceAll(/[\s\u2010-\u2015.-]/g, '')
}

/** « 1234 5678 », as it is written in a mail. */
export function spacedCode(code: string): string {
  return code.replaceAll(/(\d{4})(?=\d)/g, '$1 ')
}
