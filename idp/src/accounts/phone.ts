import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min'

/**
 * A telephone number as it is kept: with its country, digits only (E.164). Numbers of Belgium and France
 * are typed without one (4.6): the way they are grouped, else the postcode, tells French ones from Belgian
 * ones of ten digits.
 *
 * @returns null when it is no telephone number (E24)
 */
export function readPhone(typed: string, postcode: string | null): string | null {
  const text = typed.normalize('NFKC').trim()
  const [first, second] = isFrench(text, postcode) ? COUNTRIES.toReversed() : COUNTRIES
  return readIn(text, first) ?? readIn(text, second)
}

/** « 0470 12 34 56 », « 04 66 56 89 78 », and with its country from elsewhere. */
export function showPhone(kept: string): string {
  const phone = parsePhoneNumberFromString(kept)
  if (!phone) return kept
  const isOfHere = COUNTRIES.some((country) => country === phone.country)
  return isOfHere ? phone.formatNational() : phone.formatInternational()
}

const COUNTRIES = ['BE', 'FR'] as const satisfies readonly CountryCode[]

function isFrench(text: string, postcode: string | null): boolean {
  if (/^0\d([ .-])\d\d(\1\d\d){3}$/.test(text)) return true
  const isBelgian = /^0\d{3}[ ./-]\d\d/.test(text)
  return !isBelgian && /^\d{5}$/.test(postcode ?? '')
}

function readIn(text: string, country: CountryCode | undefined): string | null {
  if (country === undefined) return null
  const phone = parsePhoneNumberFromString(text, { defaultCountry: country, extract: false })
  return phone?.isValid() ? phone.number : null
}
