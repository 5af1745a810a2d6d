import Router from '@koa/router'
import { listRoutes } from './list-routes.ts'
import type { MyOrganisationsNeeds } from './needs.ts'
import { overviewRoutes } from './overview-routes.ts'
import { raiseRoutes } from './raise-routes.ts'

/** What somebody is where: all their organisations, and the first page of each. */
export function myOrganisationsRoutes(needs: MyOrganisationsNeeds): Router {
  const router = new Router()
  for (const routes of [listRoutes, overviewRoutes, raiseRoutes]) routes(router, needs)
  return router
}
