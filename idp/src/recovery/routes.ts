import Router from '@koa/router'
import { firstSignInRoutes } from './first-sign-in-routes.ts'
import { forgottenRoutes } from './forgotten-routes.ts'
import type { RecoveryNeeds } from './needs.ts'
import { newPasswordRoutes } from './new-password-routes.ts'
import { replaceOnJourneyRoutes } from './replace-on-journey-routes.ts'

/** The pages of whoever cannot get in: a forgotten password, an old account, a password to replace. */
export function recoveryRoutes(needs: RecoveryNeeds): Router {
  const router = new Router()
  // `/mot-de-passe/oublie` before `/mot-de-passe/:jeton`, which it looks like.
  for (const routes of [
    forgottenRoutes,
    newPasswordRoutes,
    firstSignInRoutes,
    replaceOnJourneyRoutes,
  ])
    routes(router, needs)
  return router
}
