import type { Db } from '@myanm/database'
import type { Tables } from '../tables.ts'
import { inLanguage, type Kind, kindOfForm, type Seat, seatIn } from './rules.ts'
import { type Enterprise, listEnterprises } from './store.ts'

/** What the copy of the register answers to a number. The first two are E09. */
export type LookedUp =
  | { readonly is: 'unknown' }
  | { readonly is: 'ceased'; readonly name: string | null; readonly since: string }
  | {
      readonly is: 'found'
      readonly number: string
      readonly kind: Kind
      /** Null for a natural person: their names are not in the copy. */
      readonly name: string | null
      readonly acronym: string | null
      readonly legalForm: { readonly code: string; readonly label: string | null } | null
      readonly seat: Seat | null
    }

/**
 * Looks a number up in the local copy, never at the public site (4.5).
 * @param bce ten digits, as `readBce` gives them
 * @param language of the names, where the register has several
 */
export async function lookUp(db: Db<Tables>, bce: string, language = 'fr'): Promise<LookedUp> {
  const [enterprise] = await listEnterprises(db, [bce])
  return enterprise ? readIn(enterprise, language) : { is: 'unknown' }
}

/** The same for many at once, by their number. What is not known is left out. */
export async function lookUpMany(
  db: Db<Tables>,
  numbers: readonly string[],
  language = 'fr',
): Promise<ReadonlyMap<string, Known>> {
  const enterprises = await listEnterprises(db, numbers)
  return new Map(enterprises.map((one) => [one.number, readIn(one, language)]))
}

type Known = Exclude<LookedUp, { is: 'unknown' }>

function readIn(enterprise: Enterprise, language: string): Known {
  const { number, type, legal_form: code, names, acronyms, seat, ceased_on: since } = enterprise
  const name = inLanguage(names, language)
  if (since) return { is: 'ceased', name, since }
  return {
    is: 'found',
    number,
    kind: kindOfForm(type, code),
    name,
    acronym: inLanguage(acronyms, language),
    legalForm: code ? { code, label: inLanguage(enterprise.form_labels, language) } : null,
    seat: seatIn(seat, language),
  }
}
