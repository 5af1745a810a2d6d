import { compareRoles, type Role } from '@myanm/permissions'

/** Enterprise numbers of the Banque-Carrefour des Entreprises (specification 4.5, R14). */

/**
 * Reads an enterprise number as people write it: « 0566.988.259 », « BE 0566 988 259 », or nine digits
 * as before 2008.
 *
 * @returns its ten digits, or null when it is none (E08)
 */
export function readBce(typed: string): string | null {
  const bare = typed.normalize('NFKC').replaceAll(/[\s.\-/]/g, '')
  const digits = bare.replace(/^BE/i, '')
  const number = /^\d{9}$/.test(digits) ? `0${digits}` : digits
  return isBce(number) ? number : null
}

/** The database refuses the same, with `is_bce_number`. */
export function isBce(number: string): boolean {
  if (!/^[01]\d{9}$/.test(number) || /^[01]0{7}/.test(number)) return false
  return 97 - (Number(number.slice(0, 8)) % 97) === Number(number.slice(8))
}

/** A role, and its last day when it is given for a time. */
export interface Place {
  readonly role: Role
  readonly endsOn: string | null
}

/** What somebody of an organisation that goes is in the one that stays. */
export interface PlaceAfterMerge extends Place {
  readonly role: Exclude<Role, 'GESTIONNAIRE'>
  readonly what: 'joins' | 'raised'
}

/**
 * Who was in both keeps the higher role, with the last day of that role; of one role twice, the later last
 * day. Who led the one that goes is RESPONSABLE of the one that stays: an organisation has one
 * GESTIONNAIRE (8.2, invariant 1).
 * @returns null when nothing changes for them
 */
export function placeAfterMerge(gone: Place, kept: Place | null): PlaceAfterMerge | null {
  const role = gone.role === 'GESTIONNAIRE' ? 'RESPONSABLE' : gone.role
  const { endsOn } = gone
  if (!kept) return { what: 'joins', role, endsOn }
  const rank = compareRoles(role, kept.role)
  if (rank < 0) return null
  const isLater = kept.endsOn !== null && (endsOn === null || endsOn > kept.endsOn)
  return rank > 0 || isLater ? { what: 'raised', role, endsOn } : null
}
