import Router from '@koa/router'
import { managerRoutes } from './manager-routes.ts'
import type { TransferNeeds } from './needs.ts'
import { rescueRoutes } from './rescue-routes.ts'

/** `/organismes/:organisme/gestionnaire`: who leads, handing over, taking over. */
export function transferRoutes(needs: TransferNeeds): Router {
  const router = new Router()
  managerRoutes(router, needs)
  rescueRoutes(router, needs)
  return router
}
