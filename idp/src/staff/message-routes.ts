import type Router from '@koa/router'
import { frameProblem, readForm, render } from '@myanm/chassis'
import { record } from '#journal'
import { readReference } from '#rules/contact'
import { keepNotice } from '#visits'
import { nothingForm } from './forms.ts'
import { closeMessage, findMessage, listMessages, PER_PAGE } from './messages-store.ts'
import type { StaffNeeds } from './needs.ts'
import { pageIn, seeOther, staffPage, staffProblem } from './pages.ts'
import { requireActingStaff, staffHere } from './staff-here.ts'
import { holdMember } from './store.ts'

const LIST = '/equipe-anm/messages'

/** What people wrote to the team (M58, M64, ML33): read, answered from the page of an account, closed. */
export function messageRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs

  router.get(LIST, async (ctx) => {
    const visit = staffHere(ctx)
    const state = ctx.query['etat'] === 'fermes' ? 'closed' : 'open'
    const page = pageIn(ctx)
    const messages = await listMessages(db, { state, page })
    render(ctx, 'staff/pages/messages.njk', {
      ...staffPage(ctx, visit, 'messages'),
      ...{ state, page, hasMore: messages.length > PER_PAGE },
      messages: messages.slice(0, PER_PAGE),
    })
  })

  router.get(`${LIST}/:reference`, async (ctx) => {
    const visit = staffHere(ctx)
    const message = await messageAt(ctx.params['reference'], needs)
    render(ctx, 'staff/pages/message.njk', {
      ...staffPage(ctx, visit, 'messages'),
      message,
      form: { typed: {}, errors: {} },
    })
  })

  router.post(`${LIST}/:reference/fermer`, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    await readForm(ctx, nothingForm)
    const { reference, account_id } = await messageAt(ctx.params['reference'], needs)
    const isClosed = await db.transaction().execute(async (tx) => {
      if (!(await holdMember(tx, visit.account))) return false
      const id = await closeMessage(tx, { reference, staff: visit.account })
      if (id === undefined) return false
      await record(tx, {
        event: 'message-closed',
        account: account_id ?? undefined,
        details: { by: visit.account, message: id },
      })
      return true
    })
    if (!isClosed) throw staffProblem('not-now', LIST)
    keepNotice(ctx, 'staff.done.closed')
    seeOther(ctx, LIST)
  })
}

async function messageAt(typed: unknown, { db }: Pick<StaffNeeds, 'db'>) {
  const reference = readReference(typed)
  const message = reference === null ? undefined : await findMessage(db, reference)
  if (!message) throw frameProblem('not-found')
  return message
}
