import { registrationPath } from '#rules/journeys'

export const LANGUAGES = ['fr', 'nl', 'de', 'en'] as const
export const VAT_STATUSES = ['assujetti', 'franchise', 'exempte', 'non-assujetti'] as const
export const PROFILES = ['particulier', 'independant', 'organisme'] as const
export type Profile = (typeof PROFILES)[number]

export function isProfile(text: unknown): text is Profile {
  return PROFILES.some((profile) => profile === text)
}

/** « 1000 », « L-1009 », « 75011 »: Belgian, or as another country writes it. */
export function readPostcode(typed: string): string | null {
  const postcode = typed.normalize('NFKC').trim().toUpperCase()
  return /^(?=.*\d)[A-Z\d](?:[A-Z\d]|[ -](?=[A-Z\d])){1,11}$/.test(postcode) ? postcode : null
}

/**
 * A line somebody writes about their work: a profession, a street, a place. What is between the lines
 * of a page (controls, turned directions) is not in it, nor is markup.
 */
export function readLine(typed: string): string | null {
  const line = typed.normalize('NFC').trim().replaceAll(/\s+/gu, ' ')
  const isOne = /^[\p{L}\p{M}\p{N} .,;:'’"()/&+°º·\-–]+$/u.test(line) && [...line].length <= 120
  return isOne ? line : null
}

/** Where everything of a registration is, below its journey: only there its cookie comes along. */
export const pathsOf = (uid: string) => {
  const start = registrationPath(uid)
  return {
    start,
    form: (profile: Profile) => `${start}/${profile}`,
    waiting: `${start}/confirmez`,
    again: `${start}/renvoyer`,
    address: `${start}/adresse`,
    end: `${start}/suite`,
  }
}
