import Router from '@koa/router'
import { cancelRoutes } from './cancel-routes.ts'
import { cannotYetRoutes } from './cannot-yet-routes.ts'
import { consentRoutes } from './consent-routes.ts'
import { contextRoutes } from './context-routes.ts'
import { identifierRoutes } from './identifier-routes.ts'
import type { InteractionNeeds } from './needs.ts'
import { passkeyRoutes } from './passkey-routes.ts'
import { secondFactorRoutes } from './second-factor-routes.ts'
import { signInRoutes } from './sign-in-routes.ts'

/** The pages between a request to sign in and its answer; their order is drawn in `journeys/rules.ts`. */
export function interactionRoutes(needs: InteractionNeeds): Router {
  const router = new Router()
  const all = [
    identifierRoutes,
    signInRoutes,
    passkeyRoutes,
    secondFactorRoutes,
    contextRoutes,
    cannotYetRoutes,
    consentRoutes,
    cancelRoutes,
  ]
  for (const routes of all) {
    routes(router, needs)
  }
  return router
}
