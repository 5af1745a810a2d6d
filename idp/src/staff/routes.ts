import Router from '@koa/router'
import { accountRoutes } from './account-routes.ts'
import { closingWishRoutes } from './closing-wish-routes.ts'
import { correctionRoutes } from './correction-routes.ts'
import { duplicateRoutes } from './duplicates-routes.ts'
import { identityRoutes } from './identity-routes.ts'
import { invitationRoutes } from './invitation-routes.ts'
import { letterRoutes } from './letter-routes.ts'
import { measureRoutes } from './measure-routes.ts'
import { mergeRoutes } from './merge-routes.ts'
import { messageRoutes } from './message-routes.ts'
import type { StaffNeeds } from './needs.ts'
import { organisationRoutes } from './organisation-routes.ts'
import { overviewRoutes } from './overview-routes.ts'
import { readingRoutes } from './reading-routes.ts'
import { siteRoutes } from './site-routes.ts'
import { staffOnly } from './staff-here.ts'
import { teamRoutes } from './team-routes.ts'
import { waitingRoutes } from './waiting-routes.ts'

/** The pages of the team of the ANM (4.1 « staff »), behind one door, and the way into the team. */
export function staffRoutes(needs: StaffNeeds): Router {
  const router = new Router()
  // First, and for every method: what is not there for most is not told by « method not allowed » either.
  router.all('/equipe-anm{/*page}', staffOnly(needs))
  overviewRoutes(router, needs)
  accountRoutes(router, needs)
  correctionRoutes(router, needs)
  organisationRoutes(router, needs)
  waitingRoutes(router, needs)
  identityRoutes(router, needs)
  readingRoutes(router, needs)
  measureRoutes(router, needs)
  duplicateRoutes(router, needs)
  mergeRoutes(router, needs)
  messageRoutes(router, needs)
  letterRoutes(router, needs)
  siteRoutes(router, needs)
  teamRoutes(router, needs)
  invitationRoutes(router, needs)
  closingWishRoutes(router, needs)
  return router
}
