import Router from '@koa/router'
import { answerRoutes } from './answer-routes.ts'
import { codeRoutes } from './code-routes.ts'
import { gestureRoutes } from './gesture-routes.ts'
import { inviteManyRoutes } from './invite-many-routes.ts'
import { inviteRoutes } from './invite-routes.ts'
import type { InvitationNeeds } from './needs.ts'
import { personalRoutes } from './personal-routes.ts'

/** Inviting, and being invited (4.2.4, 6.2, ahead 6). */
export function invitationRoutes(needs: InvitationNeeds): Router {
  const router = new Router()
  inviteManyRoutes(router, needs)
  inviteRoutes(router, needs)
  gestureRoutes(router, needs)
  codeRoutes(router, needs)
  answerRoutes(router, needs)
  personalRoutes(router, needs)
  return router
}
