import type { Db } from '@myanm/database'
import type { Tables } from '../tables.ts'
import { listByWords } from './name-store.ts'
import { inLanguage, readNameSearch, type Seat, seatIn } from './rules.ts'

/** An enterprise as it is found by its name. */
export interface Named {
  readonly number: string
  readonly name: string
  readonly acronym: string | null
  readonly legalForm: { readonly code: string; readonly label: string | null } | null
  readonly seat: Seat | null
  /** `2026-11-15`; null while it is active. */
  readonly ceasedOn: string | null
}

export interface NamePage {
  readonly found: readonly Named[]
  /** What to go on after; null when nothing follows, or nothing that could be put in an order. */
  readonly next: string | null
  /** So many are called like this that a word more is needed: the page is not the whole order. */
  readonly isTooWide: boolean
}

const NOTHING: NamePage = { found: [], next: null, isTooWide: false }

/**
 * Looks a name up in the local copy of the register: legal persons with every word of it, each from its
 * first letters on. It answers from what is public, whether or not an organisation is here: nobody learns
 * from it who has an account (ahead 3).
 *
 * @param search.after `next` of the page before
 */
export async function searchByName(
  db: Db<Tables>,
  search: {
    readonly typed: string
    readonly after?: string | null
    readonly most: number
    readonly language?: string
  },
): Promise<NamePage> {
  const { typed, after = null, most, language = 'fr' } = search
  const words = readNameSearch(typed)
  if (words === null) return NOTHING
  const { enterprises, isTooWide } = await listByWords(db, { words, after, most })
  const found = enterprises.slice(0, most).map(
    (one): Named => ({
      number: one.number,
      // Found by its words, it has a name, or at least an acronym.
      name: inLanguage(one.names, language) ?? inLanguage(one.acronyms, language) ?? one.number,
      acronym: inLanguage(one.acronyms, language),
      legalForm: one.legal_form
        ? { code: one.legal_form, label: inLanguage(one.form_labels, language) }
        : null,
      seat: seatIn(one.seat, language),
      ceasedOn: one.ceased_on,
    }),
  )
  const isMore = enterprises.length > most && !isTooWide
  return { found, next: isMore ? (found.at(-1)?.number ?? null) : null, isTooWide }
}
