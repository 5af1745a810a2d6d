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
