import type Router from '@koa/router'
import { render } from '@myanm/chassis'
import { listSites } from '#clients'
import { listOwnEvents, record } from '#journal'
import { holdingsOf } from '#retention'
import { accountPage, requirePerson, requireRecentPerson } from '#visits'
import { exported } from './export.ts'
import type { MyDataNeeds } from './needs.ts'
import { shownHoldings, shownSites } from './present.ts'
import { lineBefore, PER_PAGE } from './rules.ts'

/** Of what there are many, the page shows the latest; the file has them all. */
const ON_PAGE = 10

export function dataRoutes(router: Router, needs: MyDataNeeds): void {
  const { db } = needs

  router.get('/compte/donnees', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const [holdings, sites] = await Promise.all([
      holdingsOf(db, { account: visit.account, most: ON_PAGE }),
      listSites(db),
    ])
    const names = new Map(sites.map(({ client_id, name }) => [client_id, name]))
    render(ctx, 'my-data/pages/data.njk', {
      ...accountPage(ctx, visit, 'data'),
      sections: shownHoldings(ctx, holdings),
      onSites: shownSites(ctx, names),
    })
  })

  router.get('/compte/donnees/journal', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const before = lineBefore(ctx.query['avant'])
    // One more than is shown says whether there is another page.
    const events = await listOwnEvents(db, { account: visit.account, before, most: PER_PAGE + 1 })
    const shown = events.slice(0, PER_PAGE)
    render(ctx, 'my-data/pages/journal.njk', {
      ...accountPage(ctx, visit, 'data'),
      events: shown,
      older: events.length > PER_PAGE ? (shown.at(-1)?.id ?? null) : null,
      isFirst: before === null,
    })
  })

  router.get('/compte/donnees/export.json', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const { account } = visit
    const now = new Date()
    const holdings = await holdingsOf(db, { account, most: null })
    await record(db, { event: 'data-exported', account })
    ctx.attachment(`mes-donnees-myanm-${now.toISOString().slice(0, 10)}.json`)
    ctx.type = 'application/json; charset=utf-8'
    ctx.body = JSON.stringify(exported(ctx, { holdings, account, now }), null, 2)
  })
}
