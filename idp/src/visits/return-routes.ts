import Router from '@koa/router'
import { RETURN_PATH } from '#clients'
import { readReturn } from './rules.ts'
import type { VisitNeeds } from './who-is-here.ts'

/** Back from sign-in. The session is there; the code itself is of no use to us. */
export function returnRoutes({ config }: Pick<VisitNeeds, 'config'>): Router {
  const router = new Router()

  router.get(RETURN_PATH, (ctx) => {
    const { state, error } = ctx.query
    const page = typeof state === 'string' ? readReturn(state, config.COOKIE_KEY.reveal()) : null
    ctx.status = 303
    // Who cancelled is not asked again at once by the page they come from.
    ctx.redirect(error === undefined ? (page ?? '/compte') : '/')
  })

  return router
}
