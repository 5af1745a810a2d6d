import type Router from '@koa/router'
import { render } from '@myanm/chassis'
import { hasAny, secondFactorsOf } from '#authenticators'
import { accountPage, requirePerson } from '#visits'
import type { SecurityNeeds } from './needs.ts'
import { wayOn } from './way-on.ts'

export function overviewRoutes(router: Router, needs: SecurityNeeds): void {
  router.get('/compte/securite', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const factors = await secondFactorsOf(needs.db, visit.account)
    const on = wayOn(ctx, needs)
    render(ctx, 'security/pages/overview.njk', {
      ...accountPage(ctx, visit, 'security'),
      ...factors,
      isProtected: hasAny(factors),
      pathTo: on.pathTo,
      // Only once there is what the site asked for.
      goOn: hasAny(factors) ? on.path : null,
    })
  })
}
