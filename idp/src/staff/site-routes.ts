import type Router from '@koa/router'
import { frameProblem, readForm, render } from '@myanm/chassis'
import type { Tx } from '@myanm/database'
import type { Context } from 'koa'
import { record } from '#journal'
import {
  countDeadLetters,
  countUntold,
  deliverAgain,
  deliverAllAgain,
  listDeadLetters,
  listFailingSites,
} from '#signals'
import { keepNotice } from '#visits'
import type { Tables } from '../tables.ts'
import { nothingForm } from './forms.ts'
import type { StaffNeeds } from './needs.ts'
import { identifierIn, idIn, seeOther, staffPage, staffProblem } from './pages.ts'
import { requireActingStaff, staffHere } from './staff-here.ts'
import { holdMember } from './store.ts'

const LIST = '/equipe-anm/sites'

/** Dead letters on a page. */
const PAGE = 50

const CLIENT = /^[a-z0-9-]{1,60}$/

/** Sites that do not hear of changes of rights, what they never heard of, and telling them again (ahead 1). */
export function siteRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs

  router.get(LIST, async (ctx) => {
    const visit = staffHere(ctx)
    const after = identifierIn(ctx.query['apres'])
    const [failing, untold, unheard, { letters, next }] = await Promise.all([
      listFailingSites(db),
      countUntold(db),
      countDeadLetters(db),
      listDeadLetters(db, { after, most: PAGE }),
    ])
    render(ctx, 'staff/pages/sites.njk', {
      ...staffPage(ctx, visit, 'sites'),
      ...{ failing, untold, unheard, next, dead: letters },
      total: unheard.reduce((sum, { count }) => sum + count, 0),
      isFirst: after === null,
    })
  })

  router.post(`${LIST}/:id/redire`, async (ctx) => {
    await tellAgain(ctx, async (tx, by) => {
      const delivery = idIn(ctx)
      if (!(await deliverAgain(tx, delivery))) return 0
      await record(tx, { event: 'signal-sent-again', details: { by, delivery } })
      return 1
    })
  })

  router.post(`${LIST}/:client/tout-redire`, async (ctx) => {
    await tellAgain(ctx, async (tx, by) => {
      const client = ctx.params['client'] ?? ''
      if (!CLIENT.test(client)) throw frameProblem('not-found')
      const count = await deliverAllAgain(tx, client)
      if (count > 0) {
        await record(tx, { event: 'signal-sent-again', client, details: { by, count } })
      }
      return count
    })
  })

  /** @param tell answers how much is told again */
  async function tellAgain(
    ctx: Context,
    tell: (tx: Tx<Tables>, by: string) => Promise<number>,
  ): Promise<void> {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    await readForm(ctx, nothingForm)
    const count = await db
      .transaction()
      .execute(async (tx) => ((await holdMember(tx, visit.account)) ? tell(tx, visit.account) : 0))
    if (count === 0) throw staffProblem('not-now', LIST)
    keepNotice(ctx, count === 1 ? 'staff.done.told-again' : 'staff.done.all-told-again')
    seeOther(ctx, LIST)
  }
}
