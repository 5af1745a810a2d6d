import type Router from '@koa/router'
import { frameProblem, readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { findInvitation } from '#invitations'
import { keepNotice, type Visit } from '#visits'
import { cancelInvitationOf } from './act-on-organisation.ts'
import { reasonForm } from './forms.ts'
import type { StaffNeeds } from './needs.ts'
import { organisationAt, organisationPath } from './organisation-routes.ts'
import { identifierIn, seeOther, staffPage, staffProblem } from './pages.ts'
import { requireActingStaff } from './staff-here.ts'

const PATH = '/equipe-anm/organismes/:id/invitations/:invitation/annuler'

/** What waits in an organisation, and can be ended by the team: an invitation nobody has answered (P22). */
export function waitingRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs

  /** @throws Problem `not-found` for another organisation's, `staff-not-now` for what no longer waits */
  const invitationAt = async (ctx: Context, organisation: string) => {
    const { params } = ctx as Context & { params: Readonly<Record<string, string>> }
    const id = identifierIn(params['invitation'])
    const invitation = id === null ? undefined : await findInvitation(db, id)
    if (invitation?.organisation !== organisation) throw frameProblem('not-found')
    if (invitation.state === 'pending') return invitation
    throw staffProblem('not-now', organisationPath(organisation))
  }

  const show = async (ctx: Context, visit: Visit, form: object) => {
    const organisation = await organisationAt(ctx, needs)
    render(ctx, 'staff/pages/cancel-invitation.njk', {
      ...staffPage(ctx, visit, 'organisations'),
      organisation,
      invitation: await invitationAt(ctx, organisation.id),
      form,
    })
  }

  router.get(PATH, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (visit) await show(ctx, visit, { typed: {}, errors: {} })
  })

  router.post(PATH, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const { id: organisation } = await organisationAt(ctx, needs)
    const { id: invitation } = await invitationAt(ctx, organisation)
    const form = await readForm(ctx, reasonForm)
    if (!form.ok) {
      ctx.status = 422
      return show(ctx, visit, form)
    }
    const refusal = await cancelInvitationOf(needs, {
      ...{ organisation, invitation, staff: visit.account },
      reason: form.values.raison,
      now: new Date(),
    })
    if (refusal) throw staffProblem(refusal, organisationPath(organisation))
    keepNotice(ctx, 'staff.done.invitation-cancelled')
    seeOther(ctx, organisationPath(organisation))
  })
}
