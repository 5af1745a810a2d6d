import Router from '@koa/router'
import { render } from '@myanm/chassis'
import { listSites } from '#clients'
import { bannerOf, type VisitNeeds, whoIsHere } from '#visits'
import { concerns } from './rules.ts'

/** The first page of MyANM: the sites of the house (M3). */
export function homeRoutes(needs: VisitNeeds): Router {
  const { db } = needs
  const router = new Router()

  router.get('/', async (ctx) => {
    const visit = await whoIsHere(ctx, needs)
    const sites = await listSites(db)
    render(ctx, 'home/pages/home.njk', {
      banner: bannerOf(visit),
      sites: sites.filter((site) => concerns(site.client_id, visit?.standing ?? null)),
    })
  })

  return router
}
