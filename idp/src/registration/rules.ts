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

/** The form about the person, below the beginning of a registration. */
export const personPath = (profile: Profile): string =>
  profile === 'organisme' ? 'organisme/personne' : profile

/** The steps of an organisation, below where its registration begins. */
export const organisationPathsAt = (number: string) => ({
  number,
  data: `${number}/donnees`,
  check: `${number}/verification`,
  join: `${number}/rejoindre`,
})

/** The same for somebody signed in. */
export const OWN_PATHS = organisationPathsAt('/organismes/inscrire')

/** Where everything of a registration is, below its journey: only there its cookie comes along. */
export const pathsOf = (uid: string) => {
  const start = registrationPath(uid)
  return {
    start,
    /** Where a profile begins: of an organisation its number is asked first (4.2.3). */
    profile: (profile: Profile) => `${start}/${profile}`,
    /** The form about the person. */
    form: (profile: Profile) => `${start}/${personPath(profile)}`,
    organisation: organisationPathsAt(`${start}/organisme`),
    waiting: `${start}/confirmez`,
    again: `${start}/renvoyer`,
    address: `${start}/adresse`,
    end: `${start}/suite`,
  }
}
