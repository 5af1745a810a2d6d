import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import {
  type MemberVisit,
  organisationPage,
  requireMember,
  requireRecentMember,
} from '#memberships'
import { keepNotice } from '#visits'
import { accept, refuse } from './answer.ts'
import { cancel } from './cancel.ts'
import { answerForm, proposalForm } from './forms.ts'
import type { TransferNeeds } from './needs.ts'
import { situationOf } from './present.ts'
import { propose } from './propose.ts'
import { managerPath, transferProblem } from './refusals.ts'
import type { TransferRefusal } from './rules.ts'
import { undo } from './undo.ts'

const BASE = '/organismes/:organisme/gestionnaire'
const EMPTY = { typed: {}, errors: {} }

/** A page of who leads: what is under way, and what this member may do about it. */
export async function showManager(
  ctx: Context,
  { db }: Pick<TransferNeeds, 'db'>,
  shown: { readonly here: MemberVisit; readonly page: string; readonly form?: object },
): Promise<void> {
  const { here, page, form = EMPTY } = shown
  const situation = await situationOf(db, here, new Date())
  render(ctx, `transfers/pages/${page}.njk`, {
    ...organisationPage(ctx, here, 'manager'),
    ...situation,
    base: managerPath(here.organisation.id),
    form,
  })
}

/** What a step came to: a refusal is a page, anything else the page of how things are now. */
export function finishStep(
  ctx: Context,
  { here, refusal, done }: { here: MemberVisit; refusal: TransferRefusal | null; done: string },
): void {
  const { id } = here.organisation
  if (refusal) throw transferProblem(refusal, id)
  keepNotice(ctx, done)
  ctx.status = 303
  ctx.redirect(managerPath(id))
}

/** Who leads, seen by the whole team; and handing the role over (M46, P27, P28, 6.3). */
export function managerRoutes(router: Router, needs: TransferNeeds): void {
  const { db } = needs

  router.get(BASE, async (ctx) => {
    const here = await requireMember(ctx, needs, 'team.read')
    if (here) await showManager(ctx, needs, { here, page: 'manager' })
  })

  router.get(`${BASE}/transferer`, async (ctx) => {
    const here = await requireRecentMember(ctx, needs, 'manager.transfer')
    if (!here) return
    const { id } = here.organisation
    const { proposed, responsables } = await situationOf(db, here, new Date())
    if (proposed) throw transferProblem('open-already', id)
    if (responsables.length === 0) throw transferProblem('not-responsable', id)
    await showManager(ctx, needs, { here, page: 'propose' })
  })

  router.post(`${BASE}/transferer`, async (ctx) => {
    const here = await requireRecentMember(ctx, needs, 'manager.transfer')
    if (!here) return
    const form = await readForm(ctx, proposalForm)
    if (!form.ok) {
      ctx.status = 422
      return showManager(ctx, needs, { here, page: 'propose', form })
    }
    const { id: organisation } = here.organisation
    const refusal = await propose(needs, {
      organisation,
      by: here.account,
      to: form.values.personne,
    })
    finishStep(ctx, { here, refusal, done: 'transfers.done.proposed' })
  })

  // Taking back what one proposed needs no new proof: it only ever leaves things as they are.
  router.post(`${BASE}/annuler`, async (ctx) => {
    const here = await requireMember(ctx, needs, 'manager.transfer')
    if (!here) return
    const refusal = await cancel(needs, await answerOn(ctx, here))
    finishStep(ctx, { here, refusal, done: 'transfers.done.cancelled' })
  })

  answerRoutes(router, needs)
  undoRoutes(router, needs)
}

function answerRoutes(router: Router, needs: TransferNeeds): void {
  const { db } = needs

  router.get(`${BASE}/accepter`, async (ctx) => {
    const here = await requireRecentMember(ctx, needs, 'manager.accept')
    if (!here) return
    const { proposed } = await situationOf(db, here, new Date())
    if (!proposed?.isForMe) throw transferProblem('not-now', here.organisation.id)
    await showManager(ctx, needs, { here, page: 'accept' })
  })

  router.post(`${BASE}/accepter`, async (ctx) => {
    const here = await requireRecentMember(ctx, needs, 'manager.accept')
    if (!here) return
    const answer = await answerOn(ctx, here)
    const refusal = await accept(needs, answer)
    finishStep(ctx, { here, refusal, done: 'transfers.done.accepted' })
  })

  router.post(`${BASE}/refuser`, async (ctx) => {
    const here = await requireMember(ctx, needs, 'manager.accept')
    if (!here) return
    const refusal = await refuse(needs, await answerOn(ctx, here))
    finishStep(ctx, { here, refusal, done: 'transfers.done.refused' })
  })
}

function undoRoutes(router: Router, needs: TransferNeeds): void {
  const { db } = needs

  // Whoever led before may have any role by now.
  router.get(`${BASE}/defaire`, async (ctx) => {
    const here = await requireRecentMember(ctx, needs, 'team.read')
    if (!here) return
    const { undoable } = await situationOf(db, here, new Date())
    if (!undoable) throw transferProblem('not-now', here.organisation.id)
    await showManager(ctx, needs, { here, page: 'undo' })
  })

  router.post(`${BASE}/defaire`, async (ctx) => {
    const here = await requireRecentMember(ctx, needs, 'team.read')
    if (!here) return
    const refusal = await undo(needs, await answerOn(ctx, here))
    finishStep(ctx, { here, refusal, done: 'transfers.done.undone' })
  })
}

/** @throws Problem when the form does not say which transfer was on the page */
async function answerOn(ctx: Context, here: MemberVisit) {
  const form = await readForm(ctx, answerForm)
  const { id: organisation } = here.organisation
  if (!form.ok) throw transferProblem('not-now', organisation)
  return { organisation, transfer: form.values.proposition, by: here.account, now: new Date() }
}
