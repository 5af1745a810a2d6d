import { domainToASCII } from 'node:url'

/** « Anne Dupont », or the e-mail of someone who has not told their name. */
export function displayName(account: {
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
}): string {
  const name = [account.given_name, account.family_name].filter(Boolean).join(' ')
  return name === '' ? (account.email ?? '') : name
}

/**
 * The life of an account (specification 6.1). The database refuses every other move; a test holds its
 * table to this drawing.
 *
 *     (registers) ──▶ unconfirmed ──────────┐ follows the link          ┌──▶ suspended ──┐
 *     (is imported) ▶ legacy ───────────────┼──────────────▶ active ◀───┤   by the team  │
 *     (is invited) ─▶ invited ──────────────┘  chooses a     │    ▲     └────────────────┘
 *                                              password      ▼    │ changes their mind
 *                                                    deletion_requested ──▶ deleted
 *                                                                  seven days
 */
export const MOVES = {
  unconfirmed: ['active'],
  invited: ['active'],
  legacy: ['active'],
  active: ['suspended', 'deletion_requested'],
  suspended: ['active'],
  deletion_requested: ['active', 'deleted'],
  deleted: [],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type AccountState = keyof typeof MOVES

export const ACCOUNT_TYPES = ['particulier', 'independant', 'organisme'] as const
export type AccountType = (typeof ACCOUNT_TYPES)[number]

/** Why a login may not be chosen (E13; E12, « taken », is for the database to say). */
export type LoginRefusal = 'missing' | 'too-long' | 'forbidden-character' | 'not-own-address'

export const LONGEST_LOGIN = 60

/**
 * Whether a login may be chosen: letters of any alphabet, digits, space . - ' _ and @ (9.3), one space
 * at a time. With an @ it reads like an address, so it has to be the person's own: nobody poses as
 * somebody else, and no address is taken before its owner comes.
 */
export function refusalOfLogin(login: string, ownEmail: string | null): LoginRefusal | null {
  const key = identifierKey(login)
  if (key === '') return 'missing'
  if (ownEmail !== null && key === identifierKey(ownEmail)) return null
  if ([...login].length > LONGEST_LOGIN) return 'too-long'
  if (!/^[\p{L}\p{M}\p{Nd} .\-'’_@]+$/u.test(login) || /\s\s/.test(login)) {
    return 'forbidden-character'
  }
  return login.includes('@') ? 'not-own-address' : null
}

/**
 * The one spelling of a login or an address, as the database's `identifier_key` has it: trimmed,
 * composed, lower case, the domain in the letters of the network, as addresses are kept. Every counter
 * and every look-up uses it, so that a variant is not a second chance (4.3, yardsticks F36).
 */
export function identifierKey(typed: string): string {
  const text = typed.trim().normalize('NFKC').toLowerCase()
  const at = text.lastIndexOf('@')
  const domain = at < 0 ? '' : domainToASCII(text.slice(at + 1))
  return domain === '' ? text : `${text.slice(0, at)}@${domain}`
}

export const LONGEST_NAME = 60

/**
 * A first or last name, composed and with single spaces: letters of any alphabet, and what stands
 * between them. A dot only ends an abbreviation, and digits, slashes and colons are not there: what a
 * stranger calls themselves never reads as an address in a mail (yardsticks F32).
 *
 * @returns null when nobody is called so
 */
export function readName(typed: string): string | null {
  const name = typed.normalize('NFC').trim().replaceAll(/\s+/gu, ' ')
  const isOne = /^\p{L}(?:[\p{L}\p{M} \-'’·]|\.(?=[ -]|$))*$/u.test(name)
  return isOne && [...name].length <= LONGEST_NAME ? name : null
}

export const LONGEST_EMAIL = 254

const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/

/**
 * An e-mail address as it is kept: what stands before the @ as typed, the domain in lower case and in
 * the letters machines use (`xn--…`). Letters that merely look like others are not in the first part: a
 * mail never goes to the neighbour of whom it is meant for.
 *
 * @returns null when it is none (E33)
 */
export function readEmail(typed: string): string | null {
  const text = typed.trim().normalize('NFKC')
  const at = text.lastIndexOf('@')
  const local = text.slice(0, Math.max(at, 0))
  const domain = domainToASCII(text.slice(at + 1))
  const isOne =
    local.length <= 64 && LOCAL_PART.test(local) && DOMAIN.test(domain) && !/^[\d.]+$/.test(domain)
  const email = `${local}@${domain}`
  return isOne && email.length <= LONGEST_EMAIL ? email : null
}

/** « a•••@exemple.be »: enough for who knows the address, nothing for who does not. */
export function maskedEmail(email: string): string {
  const at = email.lastIndexOf('@')
  const [first = ''] = email
  return at < 1 ? '•••' : `${first}•••${email.slice(at)}`
}

/** The conditions somebody agrees to when they get an account; a new text is a new version (4.2.1). */
export const TERMS_VERSION = '2026-11'
