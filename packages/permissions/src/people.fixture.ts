import type { Column } from './actions.ts'
import { type ActingOrganisation, type Actor, type Person, VISITOR } from './actor.ts'
import type { Role } from './ladder.ts'
import type { Profile } from './services.ts'

/** People for tests: an ordinary ASBL, and one person in each column of matrix 5.3. */

export const ASBL: ActingOrganisation = Object.freeze({
  id: 'tilleuls',
  name: 'Les Tilleuls ASBL',
  role: 'LECTEUR',
  kind: 'organisme',
  nonprofit: true,
  legalForm: '017',
  options: [],
  active: true,
  linkActive: true,
})

export function member(role: Role, organisation: Partial<ActingOrganisation> = {}): Person {
  return {
    kind: 'person',
    accountType: 'organisme',
    accountActive: true,
    organisation: { ...ASBL, ...organisation, role },
  }
}

export function inOwnName(accountType: Profile): Person {
  return { kind: 'person', accountType, accountActive: true }
}

const COLUMNS: Readonly<Record<Column, Actor>> = {
  V: VISITOR,
  P: inOwnName('particulier'),
  I: inOwnName('independant'),
  L: member('LECTEUR'),
  C: member('COLLABORATEUR'),
  R: member('RESPONSABLE'),
  G: member('GESTIONNAIRE'),
  A: { kind: 'staff', accountActive: true },
}

export function inColumn(column: Column): Actor {
  return COLUMNS[column]
}
