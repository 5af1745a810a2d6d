import { isIPv6 } from 'node:net'

/**
 * The one spelling of a login or an e-mail: trimmed, composed, lower case. Every counter and every
 * look-up uses it, so that a variant is not a second chance (4.3, yardsticks F36).
 */
export function normaliseIdentifier(typed: string): string {
  return typed.trim().normalize('NFKC').toLowerCase()
}

/** One code point, one character; composed, so that any keyboard gives the same password (NIST 3.1.1.2). */
export function normalisePassword(typed: string): string {
  return typed.normalize('NFKC')
}

/** Whom an address stands for: itself, or the /64 an IPv6 subscriber can roam in. */
export function addressRange(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1]) return mapped[1]
  if (!isIPv6(address)) return address
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right]
  const prefix = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${prefix.join(':')}::/64`
}

/** What the state of an account says to somebody who has just given the right password (4.3, 4). */
export type StateRefusal = 'unconfirmed' | 'suspended' | 'unusable'

export function refusalByState(state: string): StateRefusal | null {
  switch (state) {
    case 'active':
      return null
    case 'unconfirmed':
      return 'unconfirmed'
    case 'suspended':
      return 'suspended'
    default:
      return 'unusable'
  }
}

export const SHORTEST_PASSWORD = 12
export const LONGEST_PASSWORD = 128

/** Why a password may not be chosen (4.3.3, NIST SP 800-63B-4 §3.1.1.2). */
export type PasswordRefusal = 'too-short' | 'too-long' | 'personal'

/**
 * Long, not somebody's own name, and nothing else: no kinds of characters, no rotation. One code point
 * is one character.
 * @param own what belongs to the person: login, address, names
 */
export function refusalOfPassword(
  password: string,
  own: readonly (string | null)[],
): PasswordRefusal | null {
  const normalised = normalisePassword(password)
  const length = [...normalised].length
  if (length < SHORTEST_PASSWORD) return 'too-short'
  if (length > LONGEST_PASSWORD) return 'too-long'
  const folded = normalised.toLowerCase()
  const tells = own
    .flatMap((value) => (value === null ? [] : [value, value.split('@')[0] ?? '']))
    .map((value) => value.normalize('NFKC').trim().toLowerCase())
    .filter((value) => [...value].length >= 4)
  return tells.some((value) => folded.includes(value)) ? 'personal' : null
}
