import Router from '@koa/router'
import { render } from '@myanm/chassis'
import { RECOVERABLE_DAYS, USUAL_LIFETIME_DAYS } from '#job-offers'
import { mayPublish } from '../offered.ts'
import type { Services } from '../services.ts'

/** « Publier sur le Guide Social », for who wonders how (G22). */
export function help({ myanm }: Pick<Services, 'myanm'>): Router {
  const router = new Router()
  router.get('/aide/publier', (ctx) => {
    render(ctx, 'help/pages/publishing.njk', {
      lifetime: USUAL_LIFETIME_DAYS,
      recoverable: RECOVERABLE_DAYS,
      mayPublish: mayPublish(myanm.person(ctx)),
    })
  })
  return router
}
