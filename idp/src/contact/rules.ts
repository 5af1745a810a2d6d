/** What people write to the team about (M58, M64). */
export type MessageKind = 'contact' | 'forgotten-login' | 'old-address'

/** Crockford's base 32: no letter that is heard or read as another. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** « K7F3-22QX »: what a person reads to the team, and the team reads back. Five bytes, eight letters. */
export function referenceFrom(random: Uint8Array): string {
  const bits = [...random.slice(0, 5)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = (bits.match(/.{5}/g) ?? []).map((five) => LETTERS[Number.parseInt(five, 2)])
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`
}

/** A reference as it stands in an address of ours; anything else is not repeated on a page. */
export function readReference(text: unknown): string | null {
  return typeof text === 'string' && /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/.test(text)
    ? text
    : null
}
