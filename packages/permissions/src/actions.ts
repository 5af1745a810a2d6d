import { deepFreeze } from './deep-freeze.ts'
import { ROLES, type Role } from './ladder.ts'

/**
 * How far a right goes when it is not whole.
 *
 * Which things: `own` what I made · `self` what is mine in my own name · `published` what is
 * online · `target` what is addressed to me · `subscribed` while the subscription runs.
 *
 * Which gesture: `withdraw`, `unpublish`, `moderate` only · `support` on a person's request ·
 * `proof` on a document that proves it · `request` to the ANM, which does it · `form` the ordinary
 * contact form.
 */
export type Extent = 'own' | 'self' | 'published' | 'target' | 'subscribed' | Gesture

export type Gesture =
  | 'withdraw'
  | 'unpublish'
  | 'moderate'
  | 'support'
  | 'proof'
  | 'request'
  | 'form'

/**
 * One cell of matrix 5.3. `read-list` is a refusal that leaves the list readable (P17); `option` is
 * a refusal that a setting of the organisation lifts (P9, note 1).
 */
export type Cell = 'yes' | Shut | Extent

/** Cells that let nobody through by themselves. */
export type Shut = 'no' | 'not-applicable' | 'read-list' | 'option'

/** Visitor, particulier, indépendant, the four roles by their initial, staff of the ANM. */
export type Column = 'V' | 'P' | 'I' | 'L' | 'C' | 'R' | 'G' | 'A'

export interface Action {
  /** Number of the row in matrix 5.3. */
  readonly number: `P${number}`
  readonly may: Readonly<Record<Column, Cell>>
}

type Cells = readonly [V: Cell, P: Cell, I: Cell, L: Cell, C: Cell, R: Cell, G: Cell, A: Cell]

function row(number: number, ...[V, P, I, L, C, R, G, A]: Cells): Action {
  return { number: `P${number}`, may: { V, P, I, L, C, R, G, A } }
}

const yes = 'yes'
const no = 'no'
const na = 'not-applicable'
const readList = 'read-list'
const option = 'option'
const own = 'own'
const self = 'self'
const published = 'published'
const target = 'target'
const withdraw = 'withdraw'
const unpublish = 'unpublish'
const moderate = 'moderate'
const support = 'support'
const proof = 'proof'
const request = 'request'
const form = 'form'

/**
 * Matrix 5.3, row by row. Note 1 (P9) is the cell `option`. Note 2 (P19): staff see account data
 * for support, on pages of their own that write to the journal, never alerts, favourites, CV drafts
 * or the content of a bilan: no cell here opens those to them. Note 3 (P35) says who the readers
 * are.
 */
// biome-ignore format: one line per row of the specification
export const ACTIONS = deepFreeze({
  //                              V     P     I     L          C       R       G        A
  'read.public':          row(1,  yes,  yes,  yes,  yes,       yes,    yes,    yes,     yes),
  'read.subscriber':      row(2,  no,   no,   yes,  yes,       yes,    yes,    yes,     yes),
  'ad.emploi.publish':    row(3,  no,   no,   no,   no,        yes,    yes,    yes,     no),
  'ad.agenda.publish':    row(4,  no,   no,   yes,  no,        yes,    yes,    yes,     no),
  'ad.formation.publish': row(5,  no,   no,   yes,  no,        yes,    yes,    yes,     no),
  'ad.petite.self':       row(6,  no,   yes,  yes,  yes,       yes,    yes,    yes,     no),
  'ad.petite.org':        row(7,  no,   na,   na,   no,        yes,    yes,    yes,     no),
  'ad.own':               row(8,  no,   own,  own,  self,      own,    yes,    yes,     withdraw),
  'ad.colleague':         row(9,  no,   no,   no,   no,        option, yes,    yes,     withdraw),
  'ad.org.list':          row(10, no,   no,   no,   published, yes,    yes,    yes,     yes),
  'buy.unit':             row(11, no,   self, self, no,        yes,    yes,    yes,     no),
  'credit.use':           row(12, no,   na,   yes,  no,        yes,    yes,    yes,     no),
  'buy.major':            row(13, no,   no,   self, no,        no,     yes,    yes,     no),
  'org.read':             row(14, no,   no,   no,   yes,       yes,    yes,    yes,     yes),
  'org.edit':             row(15, no,   no,   own,  no,        no,     yes,    yes,     support),
  'org.fiche.publish':    row(16, no,   no,   no,   no,        no,     yes,    yes,     unpublish),
  'doc.generate':         row(17, no,   no,   no,   readList,  yes,    yes,    yes,     no),
  'team.read':            row(18, no,   no,   no,   yes,       yes,    yes,    yes,     yes),
  'team.private.read':    row(19, no,   no,   no,   no,        no,     no,     no,      no),
  'team.invite':          row(20, no,   no,   no,   no,        no,     yes,    yes,     no),
  'team.invite.resp':     row(21, no,   no,   no,   no,        no,     no,     yes,     no),
  'team.invite.cancel':   row(22, no,   no,   no,   no,        no,     own,    yes,     yes),
  'team.role':            row(23, no,   no,   no,   no,        no,     no,     yes,     no),
  'team.remove':          row(24, no,   no,   no,   no,        no,     no,     yes,     yes),
  'join.ask':             row(25, no,   yes,  yes,  yes,       yes,    yes,    yes,     no),
  'join.decide':          row(26, no,   no,   no,   no,        no,     no,     yes,     no),
  'manager.transfer':     row(27, no,   no,   no,   no,        no,     no,     yes,     proof),
  'manager.accept':       row(28, no,   no,   no,   no,        no,     target, na,      no),
  'org.leave':            row(29, na,   na,   na,   yes,       yes,    yes,    no,      na),
  'bill.read':            row(30, no,   own,  own,  no,        own,    yes,    yes,     yes),
  'contact.anm':          row(31, form, form, form, form,      form,   form,   yes,     na),
  'org.close':            row(32, no,   no,   no,   no,        no,     no,     request, yes),
  'own.preferences':      row(33, no,   yes,  yes,  yes,       yes,    yes,    yes,     no),
  'cv.own':               row(34, no,   yes,  yes,  yes,       yes,    yes,    yes,     no),
  'cv.read':              row(35, no,   no,   no,   no,        yes,    yes,    yes,     yes),
  'forum.post':           row(36, no,   yes,  yes,  yes,       yes,    yes,    yes,     moderate),
  'fiche.sweeli':         row(37, no,   no,   yes,  own,       own,    own,    own,     unpublish),
  'org.journal':          row(38, no,   no,   no,   no,        no,     no,     yes,     yes),
  'ad.stats':             row(39, no,   no,   own,  no,        yes,    yes,    yes,     yes),
})

export type ActionKey = keyof typeof ACTIONS

/** In the order of the matrix. */
export const ACTION_KEYS: readonly ActionKey[] = Object.freeze(Object.keys(ACTIONS) as ActionKey[])

const COLUMN_OF_ROLE = {
  LECTEUR: 'L',
  COLLABORATEUR: 'C',
  RESPONSABLE: 'R',
  GESTIONNAIRE: 'G',
} as const

export function columnOf(role: Role): Column {
  return COLUMN_OF_ROLE[role]
}

export function isShut(cell: Cell): cell is Shut {
  return cell === 'no' || cell === 'not-applicable' || cell === 'read-list' || cell === 'option'
}

/** The lowest role that may do this, in whole or in part; null for what no role may (P19). */
export function leastRoleFor(action: ActionKey): Role | null {
  return ROLES.find((role) => !isShut(ACTIONS[action].may[columnOf(role)])) ?? null
}
