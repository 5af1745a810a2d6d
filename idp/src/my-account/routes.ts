import Router from '@koa/router'
import { addressRoutes } from './address-routes.ts'
import { attachRoutes } from './attach-routes.ts'
import { identityRoutes } from './identity-routes.ts'
import { loginRoutes } from './login-routes.ts'
import type { MyAccountNeeds } from './needs.ts'
import { otherAddressRoutes } from './other-address-routes.ts'
import { overviewRoutes } from './overview-routes.ts'
import { passwordRoutes } from './password-routes.ts'
import { profileTypeRoutes } from './profile-type-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { siteRoutes } from './site-routes.ts'

/** « Gérer mon compte »: who I am, how I come in, where I am signed in, what sites receive (M11 to M18). */
export function myAccountRoutes(needs: MyAccountNeeds): Router {
  const router = new Router()
  for (const routes of [
    overviewRoutes,
    identityRoutes,
    profileTypeRoutes,
    loginRoutes,
    addressRoutes,
    otherAddressRoutes,
    passwordRoutes,
    attachRoutes,
    sessionRoutes,
    siteRoutes,
  ]) {
    routes(router, needs)
  }
  return router
}
