import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { readForTeam } from '#organisation-journal'
import type { Visit } from '#visits'
import { openJournal } from './act-on-organisation.ts'
import { reasonForm } from './forms.ts'
import type { StaffNeeds } from './needs.ts'
import { organisationAt, organisationPath } from './organisation-routes.ts'
import { findReading } from './organisations-store.ts'
import { identifierIn, idIn, seeOther, staffPage, staffProblem } from './pages.ts'
import { requireActingStaff } from './staff-here.ts'

const PATH = '/equipe-anm/organismes/:id/journal'

/**
 * The journal of an organisation, read by the team (P38): why comes first and is kept, then the pages
 * open for an hour, to this person only.
 */
export function readingRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs

  const ask = async (ctx: Context, visit: Visit, form: object) =>
    render(ctx, 'staff/pages/read-journal.njk', {
      ...staffPage(ctx, visit, 'organisations'),
      organisation: await organisationAt(ctx, needs),
      form,
    })

  router.get(PATH, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (visit) await ask(ctx, visit, { typed: {}, errors: {} })
  })

  router.post(PATH, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const { id: organisation } = await organisationAt(ctx, needs)
    const form = await readForm(ctx, reasonForm)
    if (!form.ok) {
      ctx.status = 422
      return ask(ctx, visit, form)
    }
    const gesture = { staff: visit.account, organisation, reason: form.values.raison }
    const opened = await openJournal(needs, gesture)
    if ('refusal' in opened) throw staffProblem(opened.refusal, organisationPath(organisation))
    seeOther(ctx, organisationPath(organisation, `/journal/${opened.reading}`))
  })

  router.get(`${PATH}/:lecture`, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const organisation = await organisationAt(ctx, needs)
    const reading = identifierIn(ctx.params['lecture'])
    const isOpen =
      reading !== null &&
      (await findReading(db, { reading, organisation: organisation.id, staff: visit.account }))
    // Over, or somebody else's: whoever reads says why first.
    if (!isOpen) return seeOther(ctx, organisationPath(idIn(ctx), '/journal'))
    const before = typeof ctx.query['avant'] === 'string' ? ctx.query['avant'] : null
    render(ctx, 'staff/pages/journal.njk', {
      ...staffPage(ctx, visit, 'organisations'),
      organisation,
      reading,
      ...(await readForTeam(ctx, db, { organisation: organisation.id, before })),
    })
  })
}
