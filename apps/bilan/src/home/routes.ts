import Router from '@koa/router'
import { render } from '@myanm/chassis'

/** What this site is for, open to everybody. */
export function home(): Router {
  const router = new Router()
  router.get('/', (ctx) => render(ctx, 'home/pages/home.njk'))
  return router
}
