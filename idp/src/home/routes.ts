import Router from '@koa/router'
import { render } from '@myanm/chassis'
import { listSites } from '#clients'
import { listChoices } from '#organisations'
import { displayName } from '#rules/accounts'
import { accountPage, bannerOf, requirePerson, type VisitNeeds, whoIsHere } from '#visits'
import { concerns } from './rules.ts'

/** MyANM's own pages: the sites of the house, and what my account is (M3, M11). */
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

  router.get('/compte', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const { standing } = visit
    const [sites, memberships] = await Promise.all([
      listSites(db),
      listChoices(db, standing.account.id),
    ])
    render(ctx, 'home/pages/account.njk', {
      ...accountPage(ctx, visit, 'overview'),
      person: { name: displayName(standing.account), email: standing.account.email },
      accountType: standing.account.type,
      memberships,
      sites: sites.filter((site) => concerns(site.client_id, standing)),
    })
  })

  return router
}
