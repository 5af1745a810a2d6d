import { deepFreeze } from './deep-freeze.ts'
import { isAssociation } from './legal-forms.ts'

/**
 * How a service stands to a profile (5.2): `sector` is open for functions or activities of the
 * sector only; `associations` for ASBL, AISBL and fondations only; `person` is open because it is
 * the person's own, whichever organisation they act for.
 */
export type Openness = 'open' | 'closed' | 'sector' | 'associations' | 'person'

/** The profile of an account (5.1). `organisme` is a person linked to at least one organisation. */
export type Profile = 'particulier' | 'independant' | 'organisme'

/** What an organisation is, as far as services depend on it. */
export type OrganisationKind = 'nonprofit' | 'public' | 'commercial' | 'academie'

/** A column of table 5.2: a person in their own name, or an organisation. */
export type Customer = 'particulier' | 'independant' | OrganisationKind

type Row = Readonly<Record<Customer, Openness>>

type Cells = readonly [
  particulier: Openness,
  independant: Openness,
  nonprofit: Openness,
  publicLaw: Openness,
  commercial: Openness,
]

/** An académie opens none of these: it only has Mon bilan en ligne (9.1). */
function row(...[particulier, independant, nonprofit, publicLaw, commercial]: Cells): Row {
  return { particulier, independant, nonprofit, public: publicLaw, commercial, academie: 'closed' }
}

/** Table 5.2, row by row. */
// biome-ignore format: one line per row of the specification
export const SERVICES = deepFreeze({
  //                     particulier independant nonprofit       public    commercial
  emploi:            row('closed',   'closed',   'open',         'open',   'sector'),
  agenda:            row('closed',   'open',     'open',         'open',   'open'),
  formation:         row('closed',   'open',     'open',         'open',   'open'),
  'petite-annonce':  row('open',     'open',     'open',         'open',   'open'),
  annuaire:          row('closed',   'closed',   'open',         'open',   'sector'),
  sweeli:            row('closed',   'open',     'person',       'person', 'person'),
  articles:          row('closed',   'open',     'open',         'open',   'open'),
  'tableau-de-bord': row('closed',   'closed',   'associations', 'closed', 'closed'),
  personal:          row('open',     'open',     'person',       'person', 'person'),
})

export type Service = keyof typeof SERVICES

/** What the table says for this customer, the legal form settling `associations`. */
export function opennessOf(
  service: Service,
  customer: Customer,
  legalForm: string | null,
): 'open' | 'closed' | 'sector' {
  const openness = SERVICES[service][customer]
  if (openness === 'associations') return isAssociation(legalForm) ? 'open' : 'closed'
  return openness === 'person' ? 'open' : openness
}
