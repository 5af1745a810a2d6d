import type Router from '@koa/router'
import { frameProblem, readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { findMerge, previewMerge, previewUndo } from '#organisations'
import { displayName } from '#rules/accounts'
import { keepNotice, type Visit } from '#visits'
import { withdrawMeasure } from './decide-measure.ts'
import { DUPLICATES, pairAt, pairPath } from './duplicates-routes.ts'
import { mergeDecisionForm, reasonForm } from './forms.ts'
import { decideMerge, proposeMerge, proposeUndo } from './merge-decide.ts'
import { refusalToMerge } from './merge-rules.ts'
import { countClosing, findMergeMeasure, isOfEither, type MergeMeasure } from './merge-store.ts'
import { leaderOf, viewOfMoves, viewOfPair, viewOfUndo } from './merge-view.ts'
import type { StaffNeeds } from './needs.ts'
import { idIn, seeOther, staffPage, staffProblem } from './pages.ts'
import { refusalToDecide } from './rules.ts'
import { requireActingStaff } from './staff-here.ts'

export const MERGES = '/equipe-anm/fusions'
const DECISIONS = { accepter: 'accepted', refuser: 'refused' } as const

type Routed = Context & { readonly params: Readonly<Record<string, string>> }

/** Two organisations become one, and two again: looked at, proposed by one, decided by another. */
export function mergeRoutes(router: Router, needs: StaffNeeds): void {
  proposalRoutes(router, needs)
  undoRoutes(router, needs)
  decisionRoutes(router, needs)
}

/** What a merge would do, as the teams are now. */
async function mergePreview(
  { db }: Pick<StaffNeeds, 'db'>,
  pair: { readonly kept: string; readonly gone: string },
) {
  return {
    ...viewOfMoves(await previewMerge(db, pair)),
    closing: await countClosing(db, pair.gone),
    leader: await leaderOf(db, pair.kept),
  }
}

async function undoPreview(
  { db }: Pick<StaffNeeds, 'db'>,
  { merge, gone }: { readonly merge: string; readonly gone: string },
) {
  const { moved, refusal } = await previewUndo(db, { merge, now: new Date() })
  return { ...viewOfUndo(moved), refusal, leader: await leaderOf(db, gone) }
}

function proposalRoutes(router: Router, needs: StaffNeeds): void {
  const path = `${DUPLICATES}/:id/:autre`

  const show = async (ctx: Context, visit: Visit, form: object) => {
    const { kept, gone } = await pairAt(ctx, needs)
    const pair = { kept: kept.id, gone: gone.id }
    render(ctx, 'staff/pages/merge.njk', {
      ...staffPage(ctx, visit, 'duplicates'),
      kept,
      gone,
      refusal: refusalToMerge(kept, gone),
      preview: await mergePreview(needs, pair),
      turned: pairPath({ kept: gone.id, gone: kept.id }),
      distinct: pairPath(pair, '/distincts'),
      form,
      action: ctx.path,
    })
  }

  router.get(path, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (visit) await show(ctx, visit, { typed: {}, errors: {} })
  })

  router.post(path, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const { kept, gone } = await pairAt(ctx, needs)
    const form = await readForm(ctx, reasonForm)
    if (!form.ok) {
      ctx.status = 422
      return show(ctx, visit, form)
    }
    const outcome = await proposeMerge(needs, {
      ...{ kept: kept.id, gone: gone.id, staff: visit.account },
      reason: form.values.raison,
    })
    if (!outcome.proposed) throw staffProblem(outcome.because, DUPLICATES)
    keepNotice(ctx, 'staff.done.proposed')
    seeOther(ctx, `${MERGES}/${outcome.id}`)
  })
}

function undoRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs
  const path = '/equipe-anm/fusions/:id/defaire'

  const show = async (ctx: Context, visit: Visit, form: object) => {
    const merge = await findMerge(db, idIn(ctx as Routed))
    const pair = merge && (await viewOfPair(db, merge))
    if (!merge || !pair) throw frameProblem('not-found')
    render(ctx, 'staff/pages/unmerge.njk', {
      ...staffPage(ctx, visit, 'duplicates'),
      ...pair,
      merge,
      preview: await undoPreview(needs, { merge: merge.id, gone: merge.gone }),
      form,
      action: ctx.path,
    })
  }

  router.get(path, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (visit) await show(ctx, visit, { typed: {}, errors: {} })
  })

  router.post(path, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const merge = idIn(ctx)
    const form = await readForm(ctx, reasonForm)
    if (!form.ok) {
      ctx.status = 422
      return show(ctx, visit, form)
    }
    const reason = form.values.raison
    const now = new Date()
    const outcome = await proposeUndo(needs, { merge, staff: visit.account, reason, now })
    if (!outcome.proposed) throw staffProblem(outcome.because, DUPLICATES)
    keepNotice(ctx, 'staff.done.proposed')
    seeOther(ctx, `${MERGES}/${outcome.id}`)
  })
}

function decisionRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs
  const path = '/equipe-anm/fusions/:id'

  const show = async (ctx: Context, visit: Visit, shown: { isChanged: boolean }) => {
    const measure = await findMergeMeasure(db, idIn(ctx as Routed))
    const pair = measure && (await viewOfPair(db, measure))
    if (!measure || !pair) throw frameProblem('not-found')
    render(ctx, 'staff/pages/merge-decision.njk', {
      ...staffPage(ctx, visit, 'duplicates'),
      ...pair,
      measure: {
        ...measure,
        proposer: displayName({ ...measure, email: null }),
        because: await refusalHere(needs, { measure, visit }),
      },
      preview: await previewOf(measure),
      isChanged: shown.isChanged,
    })
  }

  const previewOf = async ({ kind, kept, gone, merge, state }: MergeMeasure) => {
    if (state !== 'proposed') return null
    return kind === 'merge'
      ? mergePreview(needs, { kept, gone })
      : undoPreview(needs, { merge: merge ?? '', gone })
  }

  router.get(path, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (visit) await show(ctx, visit, { isChanged: false })
  })

  router.post(path, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const measure = idIn(ctx)
    const form = await readForm(ctx, mergeDecisionForm)
    if (!form.ok) {
      ctx.status = 422
      return show(ctx, visit, { isChanged: false })
    }
    const { decision, vu: seen } = form.values
    const given = { staff: visit.account, measure }
    const refusal =
      decision === 'retirer'
        ? await withdrawMeasure(needs, given)
        : await decideMerge(needs, {
            ...{ ...given, decision: DECISIONS[decision], seen, now: new Date() },
          })
    if (refusal === 'changed') {
      ctx.status = 409
      return show(ctx, visit, { isChanged: true })
    }
    if (refusal) throw staffProblem(refusal, DUPLICATES)
    keepNotice(ctx, `staff.measure.done.${decision}`)
    seeOther(ctx, DUPLICATES)
  })
}

async function refusalHere(
  { db }: Pick<StaffNeeds, 'db'>,
  { measure, visit }: { readonly measure: MergeMeasure; readonly visit: Visit },
) {
  const refusal = refusalToDecide(visit.account, { ...measure, account: '' })
  if (refusal) return refusal
  const pair = [measure.kept, measure.gone] as const
  return (await isOfEither(db, { account: visit.account, pair })) ? 'own-organisation' : null
}
