import type Router from '@koa/router'
import { frameProblem, readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { displayName } from '#rules/accounts'
import { keepNotice, type Visit } from '#visits'
import { type Correction, findCorrection, listOpenCorrections } from './corrections-store.ts'
import { decide, withdraw } from './decide.ts'
import { decisionForm } from './forms.ts'
import type { StaffNeeds } from './needs.ts'
import { idIn, seeOther, staffPage, staffProblem, turnIn } from './pages.ts'
import { byId, pageOf, refusalToDecide } from './rules.ts'
import { requireActingStaff, staffHere } from './staff-here.ts'

const LIST = '/equipe-anm/corrections'
const DECISIONS = { accepter: 'accepted', refuser: 'refused' } as const

/** What one of the team has proposed, and another decides on (M64). */
export function correctionRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs

  router.get(LIST, async (ctx) => {
    const visit = staffHere(ctx)
    const { shown: corrections, next } = pageOf(
      await listOpenCorrections(db, turnIn(ctx, 'apres')),
      byId,
    )
    render(ctx, 'staff/pages/corrections.njk', {
      ...staffPage(ctx, visit, 'corrections'),
      corrections: corrections.map((one) => shown(one, visit)),
      next,
      isFurther: ctx.query['apres'] !== undefined,
    })
  })

  const show = async (ctx: Context, visit: Visit, errors: object) => {
    const correction = await findCorrection(db, idIn(ctx as never))
    if (!correction) throw frameProblem('not-found')
    render(ctx, 'staff/pages/correction.njk', {
      ...staffPage(ctx, visit, 'corrections'),
      correction: shown(correction, visit),
      form: { typed: {}, errors },
    })
  }

  router.get(`${LIST}/:id`, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (visit) await show(ctx, visit, {})
  })

  router.post(`${LIST}/:id`, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const correction = idIn(ctx)
    const form = await readForm(ctx, decisionForm)
    if (!form.ok) {
      ctx.status = 422
      return show(ctx, visit, form.errors)
    }
    const { decision } = form.values
    const given = { staff: visit.account, correction }
    const refusal =
      decision === 'retirer'
        ? await withdraw(needs, given)
        : await decide(needs, { ...given, decision: DECISIONS[decision], now: new Date() })
    if (refusal) throw staffProblem(refusal, LIST)
    keepNotice(ctx, `staff.done.${decision}`)
    seeOther(ctx, LIST)
  })
}

function shown(correction: Correction, visit: Visit) {
  const because = refusalToDecide(visit.account, {
    state: correction.state,
    account: correction.account_id,
    proposedBy: correction.proposed_by,
  })
  return {
    ...correction,
    name: displayName({ ...correction, email: null }),
    proposer: displayName({
      given_name: correction.proposer_given_name,
      family_name: correction.proposer_family_name,
      email: null,
    }),
    because,
  }
}
