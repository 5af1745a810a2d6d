import Router from '@koa/router'
import type { VisitNeeds } from '#visits'
import type { Needs } from '../services.ts'
import { confirmationRoutes } from './confirmation-routes.ts'
import { preferencesRoutes } from './preferences-routes.ts'
import { stopRoutes } from './stop-routes.ts'

export type PreferenceNeeds = VisitNeeds & Needs<'secrets' | 'stopLinks'>

/** Preferences of a person: newsletters, language, and what became of our mails to them (M26, ahead 7). */
export function preferenceRoutes(needs: PreferenceNeeds): Router {
  const router = new Router()
  preferencesRoutes(router, needs)
  // Before the links of ML28, whose address is shorter by one step.
  stopRoutes(router, needs)
  confirmationRoutes(router, needs)
  return router
}
