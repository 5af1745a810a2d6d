/**
 * Retention as data (specification X6, 6.1, M69; GDPR articles 5.1.e, 13, 15, 17). The map in `map/`
 * says for every column of every table what it is, why it is there, until when, and what becomes of it
 * when a person leaves. Four things are made from it and cannot say otherwise: the privacy page, the
 * page « Mes données » and its file, the clean-up, the erasure.
 */

/** What a column says of a person. */
export const CLASSES = [
  'identity',
  'contact',
  'credential',
  'choice',
  'link',
  'behaviour',
  'message',
  'technical',
] as const
export type Class = (typeof CLASSES)[number]

/** Why it is there: one sentence each, in the catalogue. */
export const PURPOSES = [
  'recognise',
  'name',
  'reach',
  'services',
  'account',
  'protect',
  'stay-signed-in',
  'act-for',
  'share',
  'prove',
  'deliver',
  'answer',
  'work',
  'trace',
  'publish',
] as const
export type Purpose = (typeof PURPOSES)[number]

/** A part of the page « Mes données ». */
export const SECTIONS = [
  'account',
  'profile',
  'sign-in',
  'sessions',
  'organisations',
  'sharing',
  'preferences',
  'letters',
  'messages',
  'team',
  'journal',
  'sites',
] as const
export type Section = (typeof SECTIONS)[number]

export interface Personal {
  readonly personal: true
  readonly class: Class
  /**
   * `page`: on the page and in the file. `file`: in the file. `withheld`: that it is there is said, not
   * what it is: whoever has the file could use it to come in.
   */
  readonly told: 'page' | 'file' | 'withheld'
  /** When it is another than its table's. */
  readonly purpose?: Purpose
  /** A closed list of values, in words: `retention.value.<words>.<value>`. */
  readonly words?: string
  /** What it points at, shown by its name. */
  readonly names?: 'client' | 'organisation' | 'newsletter'
  /** Of a row that stays when a person is erased: what is written in its place. */
  readonly erased?: 'kept' | { readonly to: string | boolean | number }
}

export interface NotPersonal {
  readonly personal: false
  /** Why not: of the house, of the machine, or a key that points at something of the house. */
  readonly because: 'house' | 'machine' | 'reference'
}

export type Column = Personal | NotPersonal

/** How a row is somebody's. */
export type Link =
  /** This column is the account. */
  | { readonly column: string; readonly only?: { readonly column: string; readonly in: string[] } }
  /** This column names a row of another table, which is the account's. */
  | { readonly column: string; readonly of: string; readonly key: string }
  /** One of these columns is the account, or this one is an address of theirs. */
  | { readonly either: readonly string[]; readonly address: string }
  /** This key of a JSON column is the account. */
  | { readonly column: string; readonly json: string }

export type Period =
  /** As long as there is an account. */
  | { readonly kind: 'account' }
  /** Each row has its own end, and is swept soon after it, by the room that owns it. */
  | { readonly kind: 'expiry'; readonly atMost: Length }
  /** Whose rows are deleted this long after the time in a column. */
  | {
      readonly kind: 'after'
      readonly length: Length
      readonly since: string
      readonly when?: { readonly column: string; readonly in: readonly string[] }
    }
  /** Until a task that somebody started is over, which empties the table. */
  | { readonly kind: 'task' }
  /** As long as the organisation it belongs to keeps it, on a site. */
  | { readonly kind: 'organisation' }

export interface Length {
  readonly unit: 'minute' | 'hour' | 'day' | 'month'
  readonly count: number
}

export interface Entry {
  readonly section: Section
  readonly purpose: Purpose
  readonly period: Period
  /** Null where no row can be found by who it is about: nothing in it names an account. */
  readonly person: Link | null
  /**
   * What becomes of a row when its person is erased. `room`: the room that owns it ends it, by its own
   * use case. `kept`: the pseudonymous identifier in it leads nowhere any more.
   */
  readonly erasure: 'row' | 'columns' | 'room' | 'kept'
  readonly columns: Readonly<Record<string, Column>>
  /** The latest first: by which column. */
  readonly order?: string
}

export const personal = (
  kind: Class,
  told: Personal['told'],
  more: Omit<Personal, 'personal' | 'class' | 'told'> = {},
): Personal => ({ personal: true, class: kind, told, ...more })

export const notPersonal = (because: NotPersonal['because']): NotPersonal => ({
  personal: false,
  because,
})

/** Columns with one reason why none of them is about a person. */
export const noneOf = <Name extends string>(
  because: NotPersonal['because'],
  ...names: readonly Name[]
): Record<Name, NotPersonal> =>
  Object.fromEntries(names.map((name) => [name, notPersonal(because)])) as Record<Name, NotPersonal>

export const minutes = (count: number): Length => ({ unit: 'minute', count })
export const hours = (count: number): Length => ({ unit: 'hour', count })
export const days = (count: number): Length => ({ unit: 'day', count })
export const months = (count: number): Length => ({ unit: 'month', count })

export const WITH_THE_ACCOUNT: Period = { kind: 'account' }

/** Who never confirmed an address is forgotten after this long (6.1, M48). */
export const UNCONFIRMED = days(30)

/** How long one may change one's mind before an account is erased (ML32, 6.1). */
export const GRACE = days(7)

const DAY = 86_400_000

/** The moment an account is erased. From that moment on, nothing brings it back. */
export function erasedAt(askedAt: Date): Date {
  return new Date(askedAt.getTime() + GRACE.count * DAY)
}

export function personalColumns(entry: Entry): [string, Personal][] {
  return Object.entries(entry.columns).filter(
    (pair): pair is [string, Personal] => pair[1].personal,
  )
}
