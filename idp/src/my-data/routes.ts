import Router from '@koa/router'
import { dataRoutes } from './data-routes.ts'
import { leavingRoutes } from './leaving-routes.ts'
import type { MyDataNeeds } from './needs.ts'
import { stayingRoutes } from './staying-routes.ts'

/** What is held about me, the file of it, what happened to my account, and leaving (M15, M69, X6). */
export function myDataRoutes(needs: MyDataNeeds): Router {
  const router = new Router()
  dataRoutes(router, needs)
  leavingRoutes(router, needs)
  stayingRoutes(router, needs)
  return router
}
