import type Router from '@koa/router'
import { readForm } from '@myanm/chassis'
import type { Context } from 'koa'
import { type MemberVisit, requireMember, requireRecentMember, roleTooLow } from '#memberships'
import { answerForm, objectionForm, rescueForm } from './forms.ts'
import { finishStep, showManager } from './manager-routes.ts'
import type { TransferNeeds } from './needs.ts'
import { situationOf } from './present.ts'
import { transferProblem } from './refusals.ts'
import { askToTakeOver, objectToRescue, withdrawRescue } from './rescue.ts'
import { answersFor } from './rules.ts'

const BASE = '/organismes/:organisme/gestionnaire'

/** Taking over what nobody leads (ahead 4): a RESPONSABLE asks, the others may object. */
export function rescueRoutes(router: Router, needs: TransferNeeds): void {
  const { db } = needs

  router.get(`${BASE}/reprendre`, async (ctx) => {
    const here = await requireAnswering(ctx, needs)
    if (!here) return
    const { isVacant, rescue } = await situationOf(db, here, new Date())
    if (!isVacant || rescue) throw transferProblem('not-now', here.organisation.id)
    await showManager(ctx, needs, { here, page: 'take-over' })
  })

  router.post(`${BASE}/reprendre`, async (ctx) => {
    const here = await requireAnswering(ctx, needs)
    if (!here) return
    const form = await readForm(ctx, rescueForm)
    if (!form.ok) {
      ctx.status = 422
      return showManager(ctx, needs, { here, page: 'take-over', form })
    }
    const refusal = await askToTakeOver(needs, {
      organisation: here.organisation.id,
      by: here.account,
      reason: form.values.raison,
      now: new Date(),
    })
    finishStep(ctx, { here, refusal, done: 'transfers.done.asked' })
  })

  router.post(`${BASE}/reprendre/retirer`, async (ctx) => {
    const here = await requireMember(ctx, needs, 'team.read')
    if (!here) return
    const form = await readForm(ctx, answerForm)
    const { id: organisation } = here.organisation
    if (!form.ok) throw transferProblem('not-now', organisation)
    const given = { organisation, rescue: form.values.proposition, by: here.account }
    const refusal = await withdrawRescue(needs, given)
    finishStep(ctx, { here, refusal, done: 'transfers.done.withdrawn' })
  })

  router.get(`${BASE}/opposition`, async (ctx) => {
    const here = await requireAnswering(ctx, needs)
    if (!here) return
    const { rescue } = await situationOf(db, here, new Date())
    if (!rescue?.isOpen || rescue.isMine || rescue.iObjected) {
      throw transferProblem('not-now', here.organisation.id)
    }
    await showManager(ctx, needs, { here, page: 'object' })
  })

  router.post(`${BASE}/opposition`, async (ctx) => {
    const here = await requireAnswering(ctx, needs)
    if (!here) return
    const { id: organisation } = here.organisation
    const form = await readForm(ctx, objectionForm)
    if (!form.ok) {
      const { rescue } = await situationOf(db, here, new Date())
      if (!rescue || rescue.id !== form.typed['proposition']) {
        throw transferProblem('not-now', organisation)
      }
      ctx.status = 422
      return showManager(ctx, needs, { here, page: 'object', form })
    }
    const { proposition: rescue, raison: reason } = form.values
    const given = { organisation, rescue, by: here.account, reason, now: new Date() }
    const refusal = await objectToRescue(needs, given)
    finishStep(ctx, { here, refusal, done: 'transfers.done.objected' })
  })
}

/** A RESPONSABLE who proved who they are; E14 for any other role. */
async function requireAnswering(ctx: Context, needs: TransferNeeds): Promise<MemberVisit | null> {
  const here = await requireRecentMember(ctx, needs, 'team.read')
  if (here && !answersFor(here.organisation.role)) throw roleTooLow(here.organisation)
  return here
}
