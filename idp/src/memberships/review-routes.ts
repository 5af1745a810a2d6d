import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import { transact } from '@myanm/database'
import { outlook } from '@myanm/permissions'
import type { Context } from 'koa'
import { displayName } from '#rules/accounts'
import { keepNotice } from '#visits'
import { answerReview, startReview } from './answer-review.ts'
import { nothingForm, reviewForm } from './forms.ts'
import { organisationPage, requireMember } from './member-here.ts'
import type { MembershipNeeds } from './needs.ts'
import { settleRefusal, takesFreshProof } from './refusals.ts'
import { countProgress, findLastClosed, findOpenReview, listLeft } from './review-store.ts'
import { lowerRole } from './rules.ts'
import { findContact } from './store.ts'

/** Members on the page at once: whoever is answered for makes room. */
const PAGE = 25

const PATH = '/organismes/:organisme/equipe/revue'

/**
 * Twice a year, who leads the team says of everybody whether the role is still the right one: one click
 * each (ahead 12). A RESPONSABLE sees how far that has come.
 */
export function reviewRoutes(router: Router, needs: MembershipNeeds): void {
  const { db } = needs

  router.get(PATH, async (ctx) => {
    const here = await requireMember(ctx, needs, 'org.edit')
    if (!here) return
    const { id: organisation } = here.organisation
    const review = await findOpenReview(db, organisation)
    const mayDecide = outlook(here.actor, 'team.role').allowed
    const [progress, left, lastClosed, contact] = await Promise.all([
      review && countProgress(db, review),
      review && mayDecide ? listLeft(db, { review, most: PAGE }) : [],
      findLastClosed(db, organisation),
      findContact(db, organisation),
    ])
    render(ctx, 'memberships/pages/review.njk', {
      ...organisationPage(ctx, here, 'review'),
      ...{ review, lastClosed, mayDecide },
      base: `/organismes/${organisation}/equipe`,
      contact: contact && displayName(contact),
      progress: progress && {
        ...progress,
        done: progress.kept + progress.lowered + progress.removed,
      },
      members: left.map(({ role_since, ...member }) => ({
        ...member,
        name: displayName(member),
        lower: lowerRole(member.role),
      })),
    })
  })

  router.post(`${PATH}/commencer`, async (ctx) => {
    const here = await requireMember(ctx, needs, 'team.role')
    if (!here) return
    await readForm(ctx, nothingForm)
    await transact(db, (tx) =>
      startReview(tx, { organisation: here.organisation.id, by: here.account }),
    )
    seeReview(ctx)
  })

  router.post(PATH, async (ctx) => {
    const here = await requireMember(ctx, needs, 'team.role')
    if (!here) return
    const form = await readForm(ctx, reviewForm)
    if (!form.ok) return seeReview(ctx)
    const { membre, decision: answer, vu: seen } = form.values
    const asked = {
      organisation: here.organisation.id,
      membership: membre,
      by: { as: 'member', account: here.account },
      ...{ answer, seen },
    } as const
    let refusal = await transact(db, (tx) => answerReview(tx, { ...asked, isProved: false }))
    if (refusal === 'prove-again') {
      if (!(await takesFreshProof(ctx, needs))) return
      refusal = await transact(db, (tx) => answerReview(tx, { ...asked, isProved: true }))
    }
    // Over meanwhile, or the person has gone: the page shows what is left.
    if (refusal === 'gone' || refusal === 'no-review') {
      keepNotice(ctx, `memberships.review.${refusal}`)
      return seeReview(ctx)
    }
    if (refusal && !(await settleRefusal(ctx, needs, { refusal, here }))) return
    keepNotice(ctx, `memberships.review.done.${answer}`)
    seeReview(ctx)
  })
}

function seeReview(ctx: Context): void {
  ctx.status = 303
  ctx.redirect(ctx.path.replace(/\/commencer$/, ''))
}
