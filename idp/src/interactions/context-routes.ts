import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { finish, isDue, type Journey, journeyOf } from '#journeys'
import { PERSONAL } from '#oidc'
import { listChoices } from '#organisations'
import { contextForm } from './forms.ts'
import type { InteractionNeeds } from './needs.ts'

/** « Pour qui agissez-vous ? » (7.4): an organisation one belongs to, or oneself. */
export function contextRoutes(router: Router, needs: InteractionNeeds): void {
  const { engine, db } = needs

  const choicesOf = (journey: Journey) =>
    listChoices(db, journey.interaction.session?.accountId ?? '')

  router.get('/contexte/:uid', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'context')) return
    show(ctx, journey, await choicesOf(journey))
  })

  router.post('/contexte/:uid', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'context')) return
    const form = await readForm(ctx, contextForm)
    const choices = await choicesOf(journey)
    const organisation = form.ok ? form.values.organisation : ''
    const isTheirs =
      organisation === PERSONAL || choices.some((choice) => choice.id === organisation)
    if (!isTheirs) {
      ctx.status = 422
      return show(ctx, journey, choices)
    }
    await finish(ctx, journey, { contexte: { organisation } })
  })
}

function show(
  ctx: Context,
  { uid, site, interaction }: Journey,
  choices: Awaited<ReturnType<typeof listChoices>>,
): void {
  const { because } = interaction.prompt.details as { because?: string }
  render(ctx, 'interactions/pages/context.njk', {
    uid,
    asking: site,
    choices,
    personal: PERSONAL,
    isMember: because !== 'not-a-member',
  })
}
