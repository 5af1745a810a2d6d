import Router from '@koa/router'
import { journalRoutes } from './journal-routes.ts'
import type { OrganisationJournalNeeds } from './needs.ts'
import { thatDayRoutes } from './that-day-routes.ts'

/**
 * What happened in an organisation, and what somebody could do there on a day (P38, X6, ahead 13): for
 * its GESTIONNAIRE. Read only; that they read it is written nowhere.
 */
export function organisationJournalRoutes(needs: OrganisationJournalNeeds): Router {
  const router = new Router()
  journalRoutes(router, needs)
  thatDayRoutes(router, needs)
  return router
}
