import Router from '@koa/router'
import { editRoutes } from './edit-routes.ts'
import type { OrganisationDataNeeds } from './needs.ts'
import { overviewRoutes } from './overview-routes.ts'
import { unitRoutes } from './unit-routes.ts'

/** « Données de l'organisme »: read by its team, changed by those who may (M13, P14, P15). */
export function organisationDataRoutes(needs: OrganisationDataNeeds): Router {
  const router = new Router()
  for (const routes of [overviewRoutes, editRoutes, unitRoutes]) routes(router, needs)
  return router
}
