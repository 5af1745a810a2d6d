import type Router from '@koa/router'
import { finish, isDue, journeyOf } from '#journeys'
import type { RegistrationNeeds } from './needs.ts'
import { pathsOf } from './rules.ts'

/** « Continuer comme … »: who is signed in already and goes on as they are (M7). */
export function signedInRoutes(router: Router, { engine }: RegistrationNeeds): void {
  router.post('/connexion/:uid/inscription/continuer', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return
    if (journey.interaction.prompt.name !== 'create') {
      ctx.status = 303
      return ctx.redirect(pathsOf(journey.uid).start)
    }
    await finish(ctx, journey, { create: {} })
  })
}
