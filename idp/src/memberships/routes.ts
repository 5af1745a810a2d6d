import Router from '@koa/router'
import { leaveRoutes } from './leave-routes.ts'
import { memberRoutes } from './member-routes.ts'
import type { MembershipNeeds } from './needs.ts'
import { reviewRoutes } from './review-routes.ts'
import { teamRoutes } from './team-routes.ts'

/** The team of an organisation, and what who leads it decides about each member (M33, M53). */
export function membershipRoutes(needs: MembershipNeeds): Router {
  const router = new Router()
  for (const routes of [teamRoutes, memberRoutes, reviewRoutes, leaveRoutes]) routes(router, needs)
  return router
}
