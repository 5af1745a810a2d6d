import { CONTRACTS, type Contract, fold, searchQueryOf } from '#job-offers'

/** What the visitor looks for. */
export interface Filter {
  /** A PostgreSQL text query, each word by its beginning. */
  readonly words: string | null
  readonly place: Place | null
  readonly contract: Contract | null
}

/** The beginning of a postcode, or of the name of a locality. */
export type Place = { readonly postcode: string } | { readonly locality: string }

/** The form of the list, as it was typed. */
export interface TypedFilter {
  readonly mot: string
  readonly lieu: string
  readonly contrat: string
}

/** Longest text looked at in a field of the filter. */
const LONGEST = 100

/** Reads the address of a list. What cannot be meant (an unknown contract) filters nothing. */
export function readFilter(query: URLSearchParams): { filter: Filter; typed: TypedFilter } {
  const [mot, lieu] = [query.get('mot'), query.get('lieu')].map((text) =>
    (text ?? '').trim().slice(0, LONGEST),
  ) as [string, string]
  const contract = CONTRACTS.find((one) => one === query.get('contrat')) ?? null
  return {
    filter: { words: searchQueryOf(mot), place: placeOf(lieu), contract },
    typed: { mot, lieu, contrat: contract ?? '' },
  }
}

function placeOf(typed: string): Place | null {
  const folded = fold(typed)
  if (folded === '') return null
  const postcode = /^\d{1,4}(?=$| )/.exec(folded)?.[0]
  return postcode === undefined ? { locality: folded } : { postcode }
}

/** The part of an address that says what is looked for; empty for the whole list. */
export function queryOf(typed: TypedFilter): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(typed)) if (value !== '') query.set(name, value)
  return query
}
