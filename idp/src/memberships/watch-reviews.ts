import { transact } from '@myanm/database'
import { lockOrganisation } from '#organisations'
import type { Needs } from '../services.ts'
import { closeWhenDone } from './answer-review.ts'
import { tellReview } from './letters.ts'
import { reminderDue } from './review-rules.ts'
import {
  countProgress,
  listAccountsWith,
  listDueForReview,
  listOpenReviews,
  noteReminder,
  openReview,
  type Review,
} from './review-store.ts'

/** As many as one night begins: fifty thousand organisations do not all ask at once. */
const ROUND = 2000

/**
 * Every night: reviews that are due begin, and those that stay unanswered are carried on: the
 * GESTIONNAIRE is reminded, then the RESPONSABLES are told (ahead 12).
 */
export async function watchReviews({ db }: Needs<'db'>, now: Date): Promise<void> {
  for (const organisation of await listDueForReview(db, ROUND)) {
    await transact(db, async (tx) => {
      await lockOrganisation(tx, organisation)
      if (!(await openReview(tx, { organisation, by: null }))) return
      const to = await listAccountsWith(tx, { organisation, role: 'GESTIONNAIRE' })
      await tellReview(tx, { organisation, to, what: 'opened' })
    })
  }
  for (const review of await listOpenReviews(db)) await carryOn({ db }, review, now)
}

function carryOn({ db }: Needs<'db'>, review: Review, now: Date): Promise<void> {
  const { organisation, openedAt, reminders } = review
  return transact(db, async (tx) => {
    await lockOrganisation(tx, organisation)
    if ((await countProgress(tx, review)).left === 0) {
      await closeWhenDone(tx, review, null)
      return
    }
    const what = reminderDue(openedAt, { reminders, now })
    if (what === null || !(await noteReminder(tx, review))) return
    const role = what === 'reminder' ? 'GESTIONNAIRE' : 'RESPONSABLE'
    await tellReview(tx, {
      organisation,
      to: await listAccountsWith(tx, { organisation, role }),
      what,
    })
  })
}
