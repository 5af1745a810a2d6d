import type { Db } from '@myanm/database'
import { findAtNumber } from '#organisations'
import { lookUp, type NamePage, searchByName } from '#register'
import { readBce } from '#rules/organisations'
import type { Tables } from '../tables.ts'
import { looksLikeName } from './rules.ts'
import { type Addressee, listNamed } from './store.ts'

export type Found =
  | {
      readonly is: 'found'
      readonly addressee: Addressee
      /** It stands behind a number it does not have: the one that had it was merged into it (E10). */
      readonly isMerged: boolean
    }
  /** E08 */
  | { readonly is: 'no-number' }
  /** E09 */
  | { readonly is: 'nobody' }

/**
 * Whom a number or a name stands for. Whether the organisation has an account here changes neither the
 * answer nor its words, so that nobody learns from this page who is here (ahead 3).
 */
export function findAddressee(db: Db<Tables>, typed: string): Promise<Found> {
  const bce = readBce(typed)
  if (bce !== null) return findByNumber(db, bce)
  if (looksLikeName(typed)) return findByName(db, typed.trim().replaceAll(/\s+/g, ' '))
  return Promise.resolve({ is: 'no-number' })
}

/**
 * The register answers, which is public; only what it does not know is found here alone. The number of
 * one that was merged into another leads on to that one, and says so: its number would tell as much (E10).
 */
async function findByNumber(db: Db<Tables>, bce: string): Promise<Found> {
  const [entry, at] = await Promise.all([lookUp(db, bce), findAtNumber(db, bce)])
  if (at?.isMerged) {
    const kept = at.organisation
    const found = kept.bce === null ? null : await findByNumber(db, kept.bce)
    if (found?.is === 'found') return { ...found, isMerged: true }
    return { is: 'found', addressee: { id: kept.id, bce: null, name: kept.name }, isMerged: true }
  }
  const here = at !== undefined && at.organisation.state !== 'closed' ? at.organisation : null
  const name = (entry.is === 'found' ? entry.name : null) ?? here?.name ?? null
  if (name === null) return { is: 'nobody' }
  return { is: 'found', addressee: { id: here?.id ?? null, bce, name }, isMerged: false }
}

/**
 * Any name is taken, in the words it was typed with: it reaches the one organisation that has it, but for
 * accents, capitals and « ASBL », or nobody. Of two with one name neither is guessed. One that was
 * merged into another is reached there, without a word: what a name reaches is never told.
 */
async function findByName(db: Db<Tables>, name: string): Promise<Found> {
  const [only, second] = await listNamed(db, name)
  const id = only !== undefined && second === undefined ? only : null
  return { is: 'found', addressee: { id, bce: null, name }, isMerged: false }
}

/** So many organisations of a name stand on one page. */
const MOST_NAMED = 10

/** What somebody typed, looked for: one organisation, or those the register has of such a name. */
export type Sought = Found | { readonly is: 'named'; readonly named: NamePage }

/**
 * Looks for what was typed. A number is one organisation; a name is looked for in the register, which is
 * public, and nowhere else: the list is the same whoever is here (ahead 3). What is not in it, an académie
 * for instance, is still asked for by its exact name, of which nothing is told.
 */
export async function seekOrganisation(
  db: Db<Tables>,
  sought: {
    readonly typed: string
    /** The last of the page before. */
    readonly after: string | null
    readonly language: string
  },
): Promise<Sought> {
  const { typed, after, language } = sought
  if (readBce(typed) !== null || !looksLikeName(typed)) return findAddressee(db, typed)
  const named = await searchByName(db, {
    typed,
    after: after !== null && readBce(after) !== null ? after : null,
    most: MOST_NAMED,
    language,
  })
  return { is: 'named', named }
}
