import type { Db } from '@myanm/database'
import type { SubjectOf } from '#oidc'
import { listEverMembers } from '#organisations'
import type { Tables } from '../tables.ts'

/** Identifiers read at once. */
const BATCH = 1000
/** Most names remembered: some ten megabytes. */
const REMEMBERED = 50_000
/** How long it is remembered that a name is nobody's of a team, in milliseconds. */
const NOBODY_FOR = 60_000

export interface Named {
  readonly organisation: string
  /** Of the asking client: under which names it knows people. */
  readonly sector: string
  readonly subjects: readonly string[]
}

/**
 * Whose pairwise subjects these are, among all who are or were of a team. A subject cannot be read
 * backwards; it is found by making those of the team, once, and remembered, since it never changes. A page
 * that shows a dozen authors so costs no reading of ten thousand members.
 */
export function subjectFinder(needs: { readonly db: Db<Tables>; readonly subjectOf: SubjectOf }) {
  const { db, subjectOf } = needs
  const accounts = new Map<string, string>()
  const nobodyUntil = new Map<string, number>()

  const remember = <Value>(all: Map<string, Value>, key: string, value: Value): void => {
    all.delete(key)
    all.set(key, value)
    const [oldest] = all.keys()
    if (all.size > REMEMBERED && oldest !== undefined) all.delete(oldest)
  }

  const search = async ({ organisation, sector, subjects }: Named): Promise<void> => {
    const wanted = new Set(subjects)
    let after: string | null = null
    do {
      const batch = await listEverMembers(db, { organisation, after, most: BATCH })
      for (const { account } of batch) {
        const subject = subjectOf(account, sector)
        if (wanted.delete(subject)) remember(accounts, subject, account)
      }
      after = batch.length === BATCH ? (batch.at(-1)?.id ?? null) : null
    } while (after !== null && wanted.size > 0)
    const until = Date.now() + NOBODY_FOR
    for (const subject of wanted) remember(nobodyUntil, `${organisation} ${subject}`, until)
  }

  return async (named: Named): Promise<string[]> => {
    const { organisation, subjects } = named
    const isNobody = (subject: string) =>
      (nobodyUntil.get(`${organisation} ${subject}`) ?? 0) > Date.now()
    const unknown = subjects.filter((subject) => !accounts.has(subject) && !isNobody(subject))
    if (unknown.length > 0) await search({ ...named, subjects: unknown })
    return subjects.flatMap((subject) => accounts.get(subject) ?? [])
  }
}
