import type { Db, Tx } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { recordEach } from '#journal'
import type { Tables } from '../tables.ts'
import { closeOrganisation, reopenOrganisation } from './closing-store.ts'
import {
  deleteJoined,
  findMerge,
  hasLaterMerge,
  listMoved,
  listMoving,
  lockBoth,
  type Merge,
  type Moved,
  type Moving,
  markMergeUndone,
  readBoth,
  restoreRaised,
  saveJoining,
  saveMerge,
  saveRaised,
} from './merge-store.ts'
import { type PlaceAfterMerge, placeAfterMerge } from './rules.ts'

/** Somebody of the organisation that goes, and what they will be; null: as they are there already. */
export interface Move extends Moving {
  readonly after: PlaceAfterMerge | null
}

/** Who will be what, were one merged into the other now (ahead 5: preview). */
export async function previewMerge(
  db: Db<Tables>,
  pair: { readonly kept: string; readonly gone: string },
): Promise<Move[]> {
  return (await listMoving(db, pair)).map((one) => ({
    ...one,
    after: placeAfterMerge(
      one,
      one.keptRole === null ? null : { role: one.keptRole, endsOn: one.keptEndsOn },
    ),
  }))
}

/** People per statement: of a team of ten thousand too. */
const AT_ONCE = 1000

function* inParts<One>(all: readonly One[]): Generator<readonly One[]> {
  for (let from = 0; from < all.length; from += AT_ONCE) yield all.slice(from, from + AT_ONCE)
}

interface Pair {
  readonly kept: string
  readonly gone: string
  readonly by: string
}

/**
 * Merges one organisation into another: its team goes over, it closes, and its own memberships stay as
 * they are, so that it can be two again. Both are held from the first step on; what else happens to
 * either comes before, and is seen, or after.
 * @param given.settles looks at who will be what, and settles what is open, with both held; nothing
 *   happens when it says no
 * @returns the merge; null when it cannot be, as they are now
 */
export async function mergeOrganisations(
  tx: Tx<Tables>,
  given: Pair & { readonly settles?: (moves: readonly Move[]) => Promise<boolean> },
): Promise<string | null> {
  const { kept, gone, by } = given
  const both = await lockBoth(tx, [kept, gone])
  const [stays, goes] = [both.find(({ id }) => id === kept), both.find(({ id }) => id === gone)]
  if (!stays || !goes || stays.kind !== goes.kind) return null
  if (kept === gone || stays.state !== 'active' || goes.state === 'closed') return null
  const moves = await previewMerge(tx, given)
  if (given.settles && !(await given.settles(moves))) return null
  const merge = await saveMerge(tx, given)
  // Closed first: what was open there has ended before anybody comes in from it.
  await closeOrganisation(tx, { organisation: gone, by, into: kept })
  await moveAll(tx, { merge, kept, by, moves })
  await recordEach(tx, [
    { event: 'organisation-merged', organisation: gone, by, details: { what: 'gone', with: kept } },
    { event: 'organisation-merged', organisation: kept, by, details: { what: 'kept', with: gone } },
  ])
  return merge
}

async function moveAll(
  tx: Tx<Tables>,
  given: {
    readonly merge: string
    readonly kept: string
    readonly by: string
    readonly moves: readonly Move[]
  },
): Promise<void> {
  const { merge, kept: organisation, by, moves } = given
  const because = 'merged'
  const places = moves.flatMap(({ after, ...one }) => (after ? [{ ...one, after }] : []))
  for (const part of inParts(places.filter(({ after }) => after.what === 'joins'))) {
    const people = part.map(({ account, after }) => ({ ...after, account }))
    await saveJoining(tx, { merge, organisation, by, people })
    await recordEach(
      tx,
      people.map(({ account, role }) => ({
        ...{ event: 'membership-added' as const, organisation, account, by },
        details: { role, because },
      })),
    )
    await recordDays(
      tx,
      people.map((one) => ({ ...one, organisation, by, because, before: null })),
    )
  }
  for (const part of inParts(places.filter(({ after }) => after.what === 'raised'))) {
    const people = part.map(({ keptMembership, after }) => ({
      ...after,
      membership: keptMembership ?? '',
    }))
    await saveRaised(tx, { merge, by, people })
    await recordEach(
      tx,
      part
        .filter(({ keptRole, after }) => keptRole !== after.role)
        .map(({ account, keptRole, after }) => ({
          ...{ event: 'role-changed' as const, organisation, account, by },
          details: { from: keptRole ?? '', to: after.role, because },
        })),
    )
    await recordDays(
      tx,
      part.map(({ account, keptEndsOn, after }) => ({
        ...after,
        ...{ account, organisation, by, because, before: keptEndsOn },
      })),
    )
  }
}

/** Whose last day became another, whatever became of the role: a day is never moved without a line. */
function recordDays(
  tx: Tx<Tables>,
  people: readonly {
    readonly organisation: string
    readonly account: string
    readonly by: string
    readonly because: string
    readonly role: Role
    readonly before: string | null
    readonly endsOn: string | null
  }[],
): Promise<void> {
  return recordEach(
    tx,
    people
      .filter(({ before, endsOn }) => before !== endsOn)
      .map(({ organisation, account, by, because, role, endsOn }) => ({
        ...{ event: 'role-given-until' as const, organisation, account, by },
        details: { role, until: endsOn ?? 'none', because },
      })),
  )
}

/** Why a merge cannot be undone. */
export type UndoRefusal = 'not-now' | 'later-first'

async function refusalToUndo(
  tx: Db<Tables>,
  merge: Merge | undefined,
  { both, now }: { readonly both: Awaited<ReturnType<typeof readBoth>>; readonly now: Date },
): Promise<UndoRefusal | null> {
  if (!merge || merge.undoneAt !== null || merge.undoUntil <= now) return 'not-now'
  const [stays, goes] = [
    both.find(({ id }) => id === merge.kept),
    both.find(({ id }) => id === merge.gone),
  ]
  if (stays?.state === 'closed' || goes?.mergedInto !== merge.kept) return 'not-now'
  return (await hasLaterMerge(tx, merge)) ? 'later-first' : null
}

/** What undoing a merge would do now. */
export interface UndoPreview {
  readonly moved: readonly Moved[]
  readonly refusal: UndoRefusal | null
}

export async function previewUndo(
  db: Db<Tables>,
  { merge: id, now }: { readonly merge: string; readonly now: Date },
): Promise<UndoPreview> {
  const merge = await findMerge(db, id)
  const both = merge ? await readBoth(db, [merge.kept, merge.gone]) : []
  return {
    moved: await listMoved(db, id),
    refusal: await refusalToUndo(db, merge, { both, now }),
  }
}

/**
 * Makes two of them again (ahead 5): the memberships of both are byte for byte what they were, but for
 * those somebody has decided on since. The one that went is opened with its team, which nobody had
 * touched; who came with the merge goes out of the other; who was raised has the role there was.
 * @returns null when it is done
 */
export async function undoMerge(
  tx: Tx<Tables>,
  given: {
    readonly merge: string
    readonly by: string
    readonly now: Date
    /** Looks at what will be, with both held; nothing happens when it says no. */
    readonly settles?: (moved: readonly Moved[]) => Promise<boolean>
  },
): Promise<UndoRefusal | null> {
  const { by, now } = given
  const known = await findMerge(tx, given.merge)
  if (!known) return 'not-now'
  const both = await lockBoth(tx, [known.kept, known.gone])
  const merge = await findMerge(tx, given.merge)
  const refusal = await refusalToUndo(tx, merge, { both, now })
  if (!merge || refusal) return refusal ?? 'not-now'
  const moved = await listMoved(tx, merge.id)
  if (given.settles && !(await given.settles(moved))) return 'not-now'
  await takeBack(tx, { merge, by, moved: moved.filter(({ isDecided }) => !isDecided) })
  await markMergeUndone(tx, merge.id)
  const { kept, gone } = merge
  await reopenOrganisation(tx, { organisation: gone, by })
  const event = 'organisation-merge-undone'
  await recordEach(tx, [
    { event, organisation: gone, by, details: { what: 'gone', with: kept } },
    { event, organisation: kept, by, details: { what: 'kept', with: gone } },
  ])
  return null
}

async function takeBack(
  tx: Tx<Tables>,
  { merge, by, moved }: { merge: Merge; by: string; moved: readonly Moved[] },
): Promise<void> {
  const because = 'merge-undone'
  const organisation = merge.kept
  for (const part of inParts(moved.filter(({ wasRole }) => wasRole === null))) {
    const memberships = part.map(({ membership }) => membership)
    await deleteJoined(tx, { merge: merge.id, memberships })
    await recordEach(
      tx,
      part.map(({ account, role }) => ({
        ...{ event: 'membership-removed' as const, organisation, account, by },
        details: { role, because },
      })),
    )
  }
  for (const part of inParts(moved.filter(({ wasRole }) => wasRole !== null))) {
    const memberships = part.map(({ membership }) => membership)
    await restoreRaised(tx, { merge: merge.id, memberships })
    await recordEach(
      tx,
      part
        .filter(({ role, wasRole }) => role !== wasRole)
        .map(({ account, role, wasRole }) => ({
          ...{ event: 'role-changed' as const, organisation, account, by },
          details: { from: role, to: wasRole ?? '', because },
        })),
    )
    await recordDays(
      tx,
      part.map(({ account, role, wasRole, endsOn, wasEndsOn }) => ({
        ...{ organisation, account, by, because },
        ...{ role: wasRole ?? role, before: endsOn, endsOn: wasEndsOn },
      })),
    )
  }
}
