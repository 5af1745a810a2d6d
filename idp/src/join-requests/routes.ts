import Router from '@koa/router'
import { askRoutes } from './ask-routes.ts'
import { decisionRoutes } from './decision-routes.ts'
import type { JoinRequestNeeds } from './needs.ts'
import { requestRoutes } from './request-routes.ts'

/** Asking an organisation to be let in, following it, answering it (M47). */
export function joinRequestRoutes(needs: JoinRequestNeeds): Router {
  const router = new Router()
  for (const routes of [askRoutes, requestRoutes, decisionRoutes]) routes(router, needs)
  return router
}
