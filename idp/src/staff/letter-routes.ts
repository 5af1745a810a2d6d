import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import { record } from '#journal'
import { checkSenderDomain, domainOf, listUndelivered, sendAgain } from '#mail'
import { keepNotice } from '#visits'
import { nothingForm } from './forms.ts'
import type { StaffNeeds } from './needs.ts'
import { idIn, pageIn, seeOther, staffPage, staffProblem } from './pages.ts'
import { requireActingStaff, staffHere } from './staff-here.ts'
import { holdMember } from './store.ts'

const LIST = '/equipe-anm/courriels'

/** Letters that did not arrive, and sending them once more (ahead 7). */
export function letterRoutes(router: Router, needs: StaffNeeds): void {
  const { db, config } = needs

  router.get(LIST, async (ctx) => {
    const visit = staffHere(ctx)
    const page = pageIn(ctx)
    const { letters, total, pages } = await listUndelivered(db, page)
    render(ctx, 'staff/pages/letters.njk', {
      ...staffPage(ctx, visit, 'letters'),
      ...{ letters, total, page, pages },
    })
  })

  // A page of its own: it asks the domain name system, which may take its time.
  router.get(`${LIST}/domaine`, async (ctx) => {
    const visit = staffHere(ctx)
    const sender = await checkSenderDomain({ domain: domainOf(config.MAIL_FROM) })
    render(ctx, 'staff/pages/sender.njk', { ...staffPage(ctx, visit, 'letters'), sender })
  })

  router.post(`${LIST}/:id/renvoyer`, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    await readForm(ctx, nothingForm)
    const letter = idIn(ctx)
    const outcome = await db.transaction().execute(async (tx) => {
      if (!(await holdMember(tx, visit.account))) return 'unknown'
      const sent = await sendAgain(tx, letter)
      if (sent === 'queued') {
        await record(tx, { event: 'letter-sent-again', details: { by: visit.account, letter } })
      }
      return sent
    })
    if (outcome === 'unknown') throw staffProblem('not-now', LIST)
    keepNotice(ctx, outcome === 'queued' ? 'staff.done.sent-again' : 'staff.done.link-over')
    seeOther(ctx, LIST)
  })
}
