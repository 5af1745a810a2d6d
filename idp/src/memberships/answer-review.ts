import type { Tx } from '@myanm/database'
import { record } from '#journal'
import { lockOrganisation } from '#organisations'
import type { Tables } from '../tables.ts'
import { changeMemberRole } from './change-role.ts'
import { type Decision, decideOnMember } from './decide-on-member.ts'
import { removeMember } from './remove-member.ts'
import type { Answer } from './review-rules.ts'
import {
  closeReview,
  countProgress,
  findOpenReview,
  openReview,
  type Review,
  saveAnswer,
} from './review-store.ts'
import { lowerRole, type MoveRefusal } from './rules.ts'
import { findMember } from './store.ts'

/** Begins a review. @returns false when one is open already */
export async function startReview(
  tx: Tx<Tables>,
  given: { readonly organisation: string; readonly by: string },
): Promise<boolean> {
  await lockOrganisation(tx, given.organisation)
  return openReview(tx, given)
}

/**
 * Says of one member whether the role is still the right one, and does it: kept, one rung lower, out of
 * the team. Each is the same decision as on the page of the member, with the same doors. The last answer
 * closes the review.
 */
export async function answerReview(
  tx: Tx<Tables>,
  given: Decision & { readonly answer: Answer },
): Promise<MoveRefusal | 'no-review' | null> {
  const { organisation, membership, by, answer } = given
  await lockOrganisation(tx, organisation)
  const review = await findOpenReview(tx, organisation)
  if (!review) return 'no-review'
  const refusal = await moveBy(tx, given)
  if (refusal) return refusal
  await saveAnswer(tx, { review: review.id, membership, answer, by: by.account })
  await closeWhenDone(tx, review, by.account)
  return null
}

async function moveBy(
  tx: Tx<Tables>,
  { answer, ...decision }: Decision & { readonly answer: Answer },
): Promise<MoveRefusal | null> {
  if (answer === 'removed') return removeMember(tx, { ...decision, because: 'review' })
  const { organisation, membership, seen } = decision
  const role = lowerRole(seen)
  if (answer === 'kept' || role === null) {
    const kept = { ...decision, action: 'team.role', roles: [], isProved: true } as const
    return (await decideOnMember(tx, kept)).refusal
  }
  const member = await findMember(tx, { organisation, membership })
  return changeMemberRole(tx, { ...decision, role, lastDay: member?.ends_on ?? null })
}

/** @param by whose answer was the last; null when whoever was left has gone by themselves */
export async function closeWhenDone(
  tx: Tx<Tables>,
  review: Review,
  by: string | null,
): Promise<boolean> {
  const { left, ...answers } = await countProgress(tx, review)
  if (left > 0 || !(await closeReview(tx, review.id))) return false
  await record(tx, {
    event: 'members-reviewed',
    organisation: review.organisation,
    by: by ?? undefined,
    details: answers,
  })
  return true
}
