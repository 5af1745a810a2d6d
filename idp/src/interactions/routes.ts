import Router from '@koa/router'
import { cancelRoutes } from './cancel-routes.ts'
import { consentRoutes } from './consent-routes.ts'
import { contextRoutes } from './context-routes.ts'
import type { InteractionNeeds } from './needs.ts'
import { signInRoutes } from './sign-in-routes.ts'

/** The pages between a request to sign in and its answer; their order is drawn in `rules.ts`. */
export function interactionRoutes(needs: InteractionNeeds): Router {
  const router = new Router()
  for (const routes of [signInRoutes, contextRoutes, consentRoutes, cancelRoutes]) {
    routes(router, needs)
  }
  return router
}
