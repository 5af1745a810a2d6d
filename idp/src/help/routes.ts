import Router from '@koa/router'
import type { VisitNeeds } from '#visits'

import { legalRoutes } from './legal-routes.ts'
import { topicRoutes } from './topic-routes.ts'

/** Pages that explain: help, and what the law asks a publisher to say. */
export function helpRoutes(needs: VisitNeeds): Router {
  const router = new Router()
  for (const routes of [topicRoutes, legalRoutes]) routes(router, needs)
  return router
}
