import Router from '@koa/router'
import { applicationRoutes } from './application-routes.ts'
import { codesRoutes } from './codes-routes.ts'
import type { SecurityNeeds } from './needs.ts'
import { overviewRoutes } from './overview-routes.ts'
import { passkeyRoutes } from './passkey-routes.ts'

/** « Sécurité renforcée »: what proves who I am, beside my password. Offered, not imposed. */
export function securityRoutes(needs: SecurityNeeds): Router {
  const router = new Router()
  for (const routes of [overviewRoutes, passkeyRoutes, applicationRoutes, codesRoutes]) {
    routes(router, needs)
  }
  return router
}
