import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import { record } from '#journal'
import { deliverAgain, listDeadLetters, listFailingSites } from '#signals'
import { keepNotice } from '#visits'
import { nothingForm } from './forms.ts'
import type { StaffNeeds } from './needs.ts'
import { idIn, seeOther, staffPage, staffProblem } from './pages.ts'
import { requireActingStaff, staffHere } from './staff-here.ts'
import { holdMember } from './store.ts'

const LIST = '/equipe-anm/sites'

/** Sites that do not hear of changes of rights, what they never heard of, and telling them again (ahead 1). */
export function siteRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs

  router.get(LIST, async (ctx) => {
    const visit = staffHere(ctx)
    const [failing, dead] = await Promise.all([listFailingSites(db), listDeadLetters(db)])
    render(ctx, 'staff/pages/sites.njk', { ...staffPage(ctx, visit, 'sites'), failing, dead })
  })

  router.post(`${LIST}/:id/redire`, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    await readForm(ctx, nothingForm)
    const delivery = idIn(ctx)
    const isTold = await db.transaction().execute(async (tx) => {
      if (!(await holdMember(tx, visit.account)) || !(await deliverAgain(tx, delivery)))
        return false
      await record(tx, { event: 'signal-sent-again', details: { by: visit.account, delivery } })
      return true
    })
    if (!isTold) throw staffProblem('not-now', LIST)
    keepNotice(ctx, 'staff.done.told-again')
    seeOther(ctx, LIST)
  })
}
