import type Router from '@koa/router'
import { finish, journeyOf } from '#journeys'
import type { InteractionNeeds } from './needs.ts'

/** « Annuler »: back to the site, which says that the sign-in was cancelled (E31). */
export function cancelRoutes(router: Router, { engine }: InteractionNeeds): void {
  for (const screen of ['connexion', 'contexte', 'consentement']) {
    router.post(`/${screen}/:uid/annuler`, async (ctx) => {
      const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
      await finish(ctx, journey, {
        error: 'access_denied',
        error_description: 'The person cancelled',
      })
    })
  }
}
