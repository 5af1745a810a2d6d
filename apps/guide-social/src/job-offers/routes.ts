import type Router from '@koa/router'
import { Problem } from '@myanm/chassis'
import type { Middleware } from 'koa'
import type { Services } from '../services.ts'
import { editRoutes } from './edit-routes.ts'
import { moveRoutes } from './move-routes.ts'
import { newOfferRoutes } from './new-offer-routes.ts'
import { offerProblem } from './problems.ts'
import { publicRoutes } from './public-routes.ts'
import { refusalPages } from './refusal-page.ts'

/** Every address of an offer: reading it, writing it, and what becomes of it. */
export function jobOffers(services: Services): readonly (Router | Middleware)[] {
  return [
    notFoundWays(services),
    refusalPages(services.myanm),
    publicRoutes(services),
    newOfferRoutes(services),
    editRoutes(services),
    moveRoutes(services),
  ]
}

/** Nobody is told whether a number exists; everybody is told where to go from here. */
function notFoundWays({ myanm }: Services): Middleware {
  return async function notFoundWays(ctx, next) {
    try {
      await next()
    } catch (error) {
      if (!Problem.is(error) || error.code !== 'offer-not-found') throw error
      const page = ctx.method === 'GET' ? ctx.originalUrl : '/mes-annonces'
      const context = myanm.person(ctx)
        ? { key: 'job-offers.way.other-organisation', href: myanm.switchUrl(page) }
        : { key: 'job-offers.way.sign-in', href: myanm.signInUrl(page) }
      const ways = [{ key: 'job-offers.way.all', href: '/emplois' }, context]
      throw offerProblem('offer-not-found', { ways })
    }
  }
}
