import { type Tx, transact } from '@myanm/database'
import { refuseBecauseClosed } from '#join-requests'
import { record } from '#journal'
import {
  findMerge,
  findOrganisation,
  mergeOrganisations,
  previewUndo,
  undoMerge,
} from '#organisations'
import type { Needs } from '../services.ts'
import type { Tables } from '../tables.ts'
import { settleMeasure } from './measures-store.ts'
import { listTold, tellOfMerge } from './merge-letters.ts'
import { refusalToMerge } from './merge-rules.ts'
import { isOfEither, lockMergeMeasure, type MergeMeasure, saveMergeMeasure } from './merge-store.ts'
import { viewOfMoves, viewOfUndo } from './merge-view.ts'
import type { Proposed } from './propose.ts'
import { refusalToDecide, type StaffRefusal } from './rules.ts'
import { holdMember } from './store.ts'

/**
 * Proposes that two organisations become one (ahead 5); somebody else of the team decides. Whoever is of
 * one of the two has a share in it, and neither proposes nor decides.
 */
export function proposeMerge(
  { db }: Needs<'db'>,
  given: {
    readonly kept: string
    readonly gone: string
    readonly staff: string
    readonly reason: string
  },
): Promise<Proposed> {
  const { kept, gone, staff, reason } = given
  return transact(db, async (tx): Promise<Proposed> => {
    const [stays, goes] = [
      await findOrganisation(tx, { id: kept }),
      await findOrganisation(tx, { id: gone }),
    ]
    if (!stays || !goes || refusalToMerge(stays, goes)) {
      return { proposed: false, because: 'not-now' }
    }
    return propose(tx, { kind: 'merge', kept, gone, merge: null, reason, proposedBy: staff })
  })
}

/** Proposes that two become two again, within thirty days. */
export function proposeUndo(
  { db }: Needs<'db'>,
  given: {
    readonly merge: string
    readonly staff: string
    readonly reason: string
    readonly now: Date
  },
): Promise<Proposed> {
  const { merge: id, staff, reason, now } = given
  return transact(db, async (tx): Promise<Proposed> => {
    const merge = await findMerge(tx, id)
    const { refusal } = await previewUndo(tx, { merge: id, now })
    if (!merge || refusal) {
      return { proposed: false, because: refusal === 'later-first' ? refusal : 'not-now' }
    }
    const { kept, gone } = merge
    return propose(tx, { kind: 'unmerge', kept, gone, merge: id, reason, proposedBy: staff })
  })
}

async function propose(
  tx: Tx<Tables>,
  measure: Pick<MergeMeasure, 'kind' | 'gone' | 'kept' | 'merge' | 'reason' | 'proposedBy'>,
): Promise<Proposed> {
  const { kind, gone, kept, proposedBy: by } = measure
  if (!(await holdMember(tx, by))) return { proposed: false, because: 'not-staff' }
  if (await isOfEither(tx, { account: by, pair: [kept, gone] })) {
    return { proposed: false, because: 'own-organisation' }
  }
  const id = await saveMergeMeasure(tx, measure)
  if (id === null) return { proposed: false, because: 'not-now' }
  for (const organisation of [gone, kept]) {
    await record(tx, { event: 'staff-measure-proposed', organisation, by, details: { kind } })
  }
  return { proposed: true, id }
}

/**
 * Decides on what somebody else proposed, about the teams as they are at this moment: when they are not
 * any more as the page showed them, nothing happens, and the page is shown again.
 */
export function decideMerge(
  { db }: Needs<'db'>,
  given: {
    readonly measure: string
    readonly staff: string
    readonly decision: 'accepted' | 'refused'
    /** What was on the page. */
    readonly seen: string
    readonly now: Date
  },
): Promise<StaffRefusal | null> {
  const { staff, decision } = given
  return transact(db, async (tx): Promise<StaffRefusal | null> => {
    if (!(await holdMember(tx, staff))) return 'not-staff'
    const measure = await lockMergeMeasure(tx, given.measure)
    if (!measure) return 'not-now'
    const refusal = refusalToDecide(staff, { ...measure, account: '' })
    if (refusal) return refusal
    const { kind, kept, gone } = measure
    if (await isOfEither(tx, { account: staff, pair: [kept, gone] })) return 'own-organisation'
    if (decision === 'accepted') {
      const obstacle = await apply(tx, { ...given, measure })
      if (obstacle) return obstacle
    }
    await settleMeasure(tx, measure.id, { state: decision, staff })
    for (const organisation of [gone, kept]) {
      const details = { kind, decision }
      await record(tx, { event: 'staff-measure-decided', organisation, by: staff, details })
    }
    return null
  })
}

async function apply(
  tx: Tx<Tables>,
  given: {
    readonly measure: MergeMeasure
    readonly staff: string
    readonly seen: string
    readonly now: Date
  },
): Promise<StaffRefusal | null> {
  const { measure, staff: by, seen, now } = given
  const { kept, gone, merge } = measure
  let isAsSeen = true
  if (measure.kind === 'merge') {
    let told: Awaited<ReturnType<typeof listTold>> | undefined
    const made = await mergeOrganisations(tx, {
      ...{ kept, gone, by },
      settles: async (moves) => {
        isAsSeen = viewOfMoves(moves).seen === seen
        if (!isAsSeen) return false
        told = await listTold(tx, { kept, gone })
        const goes = await findOrganisation(tx, { id: gone })
        if (goes) await refuseBecauseClosed(tx, goes)
        return true
      },
    })
    if (made === null || !told) return isAsSeen ? 'not-now' : 'changed'
    await tellOfMerge(tx, { kept, gone, what: 'merged', told })
    return null
  }
  let told: Awaited<ReturnType<typeof listTold>> | undefined
  const refusal = await undoMerge(tx, {
    ...{ merge: merge ?? '', by, now },
    settles: async (moved) => {
      isAsSeen = viewOfUndo(moved).seen === seen
      if (isAsSeen) told = await listTold(tx, { kept, gone })
      return isAsSeen
    },
  })
  if (refusal) return isAsSeen ? refusal : 'changed'
  if (told) await tellOfMerge(tx, { kept, gone, what: 'undone', told })
  return null
}
