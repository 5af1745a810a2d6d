import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { giveConsent, TOLD_SCOPES } from '#consents'
import { record } from '#journal'
import { finish, isDue, type Journey, journeyOf } from '#journeys'
import { consentForm } from './forms.ts'
import type { InteractionNeeds } from './needs.ts'

/** What a site of another house will receive, asked once (7.2). */
export function consentRoutes(router: Router, needs: InteractionNeeds): void {
  const { engine, db } = needs

  router.get('/consentement/:uid', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'consent')) return
    show(ctx, journey)
  })

  router.post('/consentement/:uid', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'consent')) return
    const account = journey.interaction.session?.accountId ?? ''
    const client = journey.site.clientId
    const form = await readForm(ctx, consentForm)
    if (!form.ok) {
      ctx.status = 422
      return show(ctx, journey)
    }
    if (form.values.decision === 'non') {
      await record(db, { event: 'consent-refused', account, client })
      return finish(ctx, journey, REFUSED)
    }
    await giveConsent(needs, { account, client, scopes: scopesOf(journey) })
    await finish(ctx, journey, { consent: {} })
  })
}

const REFUSED = {
  error: 'access_denied',
  error_description: 'The person does not share this with the site',
} as const

function scopesOf({ interaction }: Journey): string[] {
  const scope = interaction.params['scope']
  return typeof scope === 'string' ? scope.split(' ') : []
}

function show(ctx: Context, journey: Journey): void {
  const asked = new Set(scopesOf(journey))
  render(ctx, 'interactions/pages/consent.njk', {
    uid: journey.uid,
    asking: journey.site,
    told: TOLD_SCOPES.filter((scope) => asked.has(scope)),
  })
}
