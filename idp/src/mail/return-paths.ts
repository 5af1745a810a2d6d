import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '@myanm/chassis'

/** Makes and reads the address that reports about one letter go to. */
export interface ReturnPaths {
  addressOf(letter: string): string
  /** Which letter; null when we did not make this address. */
  read(address: string): string | null
}

/** 63 characters: a local part may have 64 (RFC 5321 §4.5.3.1.1). */
const LOCAL_PART = /^retour-([0-9a-f]{32})-([0-9a-f]{23})$/

/**
 * Every letter has a return path of its own, sealed: a report names its letter by the address it comes
 * to, and nobody can say of a letter they have not seen that it did not arrive. Lower case only: on
 * the way some servers fold it.
 */
export function returnPaths(key: Secret, domain: string): ReturnPaths {
  const seal = (letter: string): string =>
    createHmac('sha256', key.reveal()).update(`return-path:${letter}`).digest('hex').slice(0, 23)
  return {
    addressOf: (letter) => `retour-${letter.replaceAll('-', '')}-${seal(letter)}@${domain}`,
    read: (address) => {
      const [, hex = '', given = ''] = LOCAL_PART.exec(localPartOf(address)) ?? []
      const letter = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
      const expected = Buffer.from(seal(letter))
      const sealed = Buffer.from(given)
      return sealed.length === expected.length && timingSafeEqual(sealed, expected) ? letter : null
    },
  }
}

function localPartOf(address: string): string {
  const end = address.lastIndexOf('@')
  return (end === -1 ? address : address.slice(0, end)).toLowerCase()
}
