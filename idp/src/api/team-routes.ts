import Router from '@koa/router'
import { bearerOf } from '#oidc'
import { listColleagues } from '#organisations'
import { displayName } from '#rules/accounts'
import type { Needs } from '../services.ts'

/**
 * `GET /api/equipe`: the team of the organisation a token acts for, as each of its members may see it
 * (P18, M53): name, e-mail and role, under the names the asking site knows people by. A site can so say
 * who wrote an offer without keeping anybody’s name (X2).
 */
export function teamRoutes(services: Needs<'db' | 'engine' | 'subjectOf'>): Router {
  const { db, subjectOf } = services
  const router = new Router()

  router.get('/api/equipe', async (ctx) => {
    const bearer = await bearerOf(ctx, services)
    const colleagues = await listColleagues(db, bearer.organisation)
    ctx.body = {
      organisation: { id: bearer.organisation },
      members: colleagues.map((colleague) => ({
        sub: subjectOf(colleague.account, bearer.sector),
        name: displayName(colleague),
        email: colleague.email,
        role: colleague.role,
      })),
    }
  })
  return router
}
