import type { Role } from './ladder.ts'
import { isPublicForm } from './legal-forms.ts'
import type { OrganisationKind, Profile } from './services.ts'

/** Who asks, and in whose name. */
export type Actor = Visitor | Person | Staff

export interface Visitor {
  readonly kind: 'visitor'
}

/** Somebody signed in, acting for `organisation` when there is one, else in their own name (X4). */
export interface Person {
  readonly kind: 'person'
  readonly accountType: Profile
  readonly accountActive: boolean
  readonly organisation?: ActingOrganisation
}

/** Staff of the ANM, on the pages of the staff. */
export interface Staff {
  readonly kind: 'staff'
  readonly accountActive: boolean
}

/**
 * The organisation acted for, with the person's role in it: one never goes without the other (7.3).
 */
export interface ActingOrganisation {
  readonly id: string
  readonly name?: string
  readonly role: Role
  readonly kind: 'organisme' | 'academie'
  /** Null when nobody has said so yet. */
  readonly nonprofit: boolean | null
  readonly public?: boolean
  /** KBO code, such as `017` for an ASBL. */
  readonly legalForm: string | null
  /** Settings that widen a role, such as `collaborateur_edits_colleagues_ads`. */
  readonly options: readonly string[]
  /** « À vérifier » (D13): until the ANM has looked at it, what it writes stays a draft. */
  readonly toCheck?: true
  readonly active: boolean
  readonly linkActive: boolean
}

export const VISITOR: Visitor = Object.freeze({ kind: 'visitor' })

/**
 * Public law prevails over non-profit: a CPAS is both, and 5.2 has a column for it. An organisation
 * of which neither is known gets the narrowest column.
 */
export function kindOf(organisation: ActingOrganisation): OrganisationKind {
  if (organisation.kind === 'academie') return 'academie'
  if (organisation.public ?? isPublicForm(organisation.legalForm)) return 'public'
  return organisation.nonprofit === true ? 'nonprofit' : 'commercial'
}
