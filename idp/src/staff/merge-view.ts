import { createHash } from 'node:crypto'
import type { Db } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { findAccount } from '#accounts'
import {
  findManager,
  findOrganisation,
  type Move,
  type Moved,
  type Organisation,
} from '#organisations'
import { displayName } from '#rules/accounts'
import type { Tables } from '../tables.ts'

/** Names of one list: more are counted, so that a team of ten thousand is still a page. */
export const MOST_NAMES = 100

/** Somebody a preview names: with their role there is now, and the one there will be. */
export interface Shown {
  readonly name: string
  readonly email: string | null
  readonly before: Role | null
  readonly after: Role
  readonly endsOn: string | null
}

/** Some names, and how many there are. */
export interface Names {
  readonly total: number
  readonly shown: readonly Shown[]
}

const named = (all: readonly Shown[]): Names => ({
  total: all.length,
  shown: all.slice(0, MOST_NAMES),
})

const whoIs = (person: {
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
}) => ({ name: displayName(person), email: person.email })

/** Who will be what: the lists of the preview, before it is proposed and again before it is decided. */
export function viewOfMoves(moves: readonly Move[]) {
  const places = moves.flatMap((one) =>
    one.after
      ? [
          {
            ...whoIs(one),
            what: one.after.what,
            before: one.keptRole,
            after: one.after.role,
            endsOn: one.after.endsOn,
          },
        ]
      : [],
  )
  const leader = moves.find(({ role }) => role === 'GESTIONNAIRE')
  return {
    joins: named(places.filter(({ what }) => what === 'joins')),
    raised: named(places.filter(({ what }) => what === 'raised')),
    stays: moves.length - places.length,
    formerLeader: leader
      ? {
          ...whoIs(leader),
          // Who leads the other one too goes on leading it.
          after: leader.after?.role ?? leader.keptRole ?? 'RESPONSABLE',
        }
      : null,
    seen: digest(moves.map(({ account, role, after }) => [account, role, after])),
  }
}

/** What will be as it was, and what was decided since and stays. */
export function viewOfUndo(moved: readonly Moved[]) {
  const shown = ({ wasRole, role, ...one }: Moved): Shown => ({
    ...whoIs(one),
    before: role,
    after: wasRole ?? role,
    endsOn: one.wasEndsOn,
  })
  // Their role as it is: it does not become another one.
  const asNow = ({ role, ...one }: Moved): Shown => ({
    ...whoIs(one),
    ...{ before: null, after: role, endsOn: null },
  })
  const back = moved.filter(({ isDecided }) => !isDecided)
  const decided = moved.filter(({ isDecided }) => isDecided)
  return {
    leaves: named(back.filter(({ wasRole }) => wasRole === null).map(asNow)),
    lowered: named(back.filter(({ wasRole }) => wasRole !== null).map(shown)),
    stays: named(decided.filter(({ isMember }) => isMember).map(asNow)),
    gone: decided.filter(({ isMember }) => !isMember).length,
    seen: digest(moved.map(({ membership, role, isDecided }) => [membership, role, isDecided])),
  }
}

/**
 * What was on the page, in a few letters: whoever decides about a team that has changed meanwhile is shown
 * it again, and decides about that.
 */
export const digest = (rows: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(rows)).digest('base64url')

/** The two organisations, and who leads the one that stays. */
export async function viewOfPair(
  db: Db<Tables>,
  { kept, gone }: { readonly kept: string; readonly gone: string },
): Promise<{ kept: Organisation; gone: Organisation } | null> {
  const [stays, goes] = [
    await findOrganisation(db, { id: kept }),
    await findOrganisation(db, { id: gone }),
  ]
  return stays && goes ? { kept: stays, gone: goes } : null
}

/** Who leads an organisation, by name and address; null while nobody does. */
export async function leaderOf(
  db: Db<Tables>,
  organisation: string,
): Promise<{ name: string; email: string | null } | null> {
  const leads = await findManager(db, organisation)
  if (!leads) return null
  const person = await findAccount(db, leads.account)
  return person ? whoIs(person) : null
}
