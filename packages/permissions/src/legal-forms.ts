/**
 * Legal forms by their code in the Banque-Carrefour des Entreprises (`JuridicalForm` of code.csv,
 * R15), as the claim `org.legal_form` carries them.
 */

/**
 * ASBL, AISBL, fondation privée, fondation d'utilité publique: those with a Tableau de Bord (A12).
 */
const ASSOCIATIONS: readonly string[] = Object.freeze(['017', '125', '026', '029'])

/**
 * Public law, by ranges of the code list: 106–124 public companies, ASBL and institutions; 126–129
 * CPAS, monts-de-piété, cultes, wateringues; 155, 160 police zones, international bodies; 301–420
 * the State, communities, regions, provinces, communes and their associations.
 */
const PUBLIC_RANGES = Object.freeze([
  Object.freeze(['106', '124'] as const),
  Object.freeze(['126', '129'] as const),
  Object.freeze(['155', '160'] as const),
  Object.freeze(['301', '420'] as const),
])

export function isAssociation(legalForm: string | null): boolean {
  return legalForm !== null && ASSOCIATIONS.includes(legalForm)
}

export function isPublicForm(legalForm: string | null): boolean {
  if (legalForm === null || !/^\d{3}$/.test(legalForm)) return false
  return PUBLIC_RANGES.some(([first, last]) => first <= legalForm && legalForm <= last)
}
