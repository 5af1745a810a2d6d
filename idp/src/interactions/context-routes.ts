import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { finish, isDue, type Journey, journeyOf } from '#journeys'
import { PERSONAL } from '#oidc'
import { showWaysIn } from './cannot-yet-page.ts'
import {
  choicesFor,
  grantedMeanwhile,
  mergedInto,
  type Question,
  questionOf,
  roleNow,
} from './context-view.ts'
import { contextForm } from './forms.ts'
import type { InteractionNeeds } from './needs.ts'
import { isEnough } from './rules.ts'

/** « Pour qui agissez-vous ? » (7.4): an organisation one belongs to, or oneself. */
export function contextRoutes(router: Router, needs: InteractionNeeds): void {
  const { engine, db } = needs

  router.get('/contexte/:uid', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'context')) return
    const question = questionOf(journey)
    const granted = await grantedMeanwhile(db, question)
    if (granted !== null) return finish(ctx, journey, { contexte: { organisation: granted } })
    if (isAskingHow(ctx, question)) return showWaysIn(ctx, needs, { journey, question })
    await show(ctx, needs, { journey, question })
  })

  router.post('/contexte/:uid', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'context')) return
    const form = await readForm(ctx, contextForm)
    const question = questionOf(journey)
    const organisation = form.ok ? form.values.organisation : ''
    if (!(await mayChoose(needs, question, organisation))) {
      ctx.status = 422
      return show(ctx, needs, { journey, question })
    }
    await finish(ctx, journey, { contexte: { organisation } })
  })
}

/** Whether the page is about how to get in, rather than about which of several. */
function isAskingHow(ctx: Context, { because }: Question): boolean {
  if (ctx.query['choisir'] === 'oui') return false
  const isRefused = because === 'role-too-low' || because === 'no-organisation'
  return isRefused || ctx.query['autrement'] === 'oui'
}

async function mayChoose(
  { db }: InteractionNeeds,
  question: Question,
  organisation: string,
): Promise<boolean> {
  const { need } = question
  if (organisation === PERSONAL) return need === null
  const role = await roleNow(db, question, organisation)
  return role !== null && isEnough(need, role)
}

async function show(
  ctx: Context,
  needs: InteractionNeeds,
  { journey, question }: { readonly journey: Journey; readonly question: Question },
): Promise<void> {
  const { uid, site } = journey
  const found = await choicesFor(needs.db, question, {
    search: textOf(ctx.query['q']).trim().slice(0, 100),
    after: textOf(ctx.query['apres']) || null,
  })
  // None of several is enough: what helps is the other page.
  if (question.need && !found.isMany && found.choices.length === 0) {
    return showWaysIn(ctx, needs, { journey, question })
  }
  render(ctx, 'interactions/pages/context.njk', {
    uid,
    asking: site,
    found,
    need: question.need,
    personal: question.need ? null : PERSONAL,
    isMember: question.because !== 'not-a-member',
    merged: await mergedInto(needs.db, question),
  })
}

function textOf(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : ''
}
