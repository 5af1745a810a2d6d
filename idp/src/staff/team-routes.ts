import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { displayName } from '#rules/accounts'
import { keepNotice, type Visit } from '#visits'
import { dismiss, invite } from './appoint.ts'
import { invitationForm, nothingForm } from './forms.ts'
import type { StaffNeeds } from './needs.ts'
import { idIn, seeOther, staffPage, staffProblem } from './pages.ts'
import { requireActingStaff, staffHere } from './staff-here.ts'
import { listMembers } from './store.ts'

const LIST = '/equipe-anm/equipe'

/** Who is of the team: seen by all of it, joined by invitation, left when another says so. */
export function teamRoutes(router: Router, needs: StaffNeeds): void {
  const { db, config } = needs

  const show = async (ctx: Context, visit: Visit, more: object) => {
    const members = await listMembers(db)
    render(ctx, 'staff/pages/team.njk', {
      ...staffPage(ctx, visit, 'team'),
      members: members.map((member) => ({
        ...member,
        name: displayName(member),
        isOneself: member.account_id === visit.account,
      })),
      form: { typed: {}, errors: {} },
      invitation: null,
      ...more,
    })
  }

  router.get(LIST, (ctx) => show(ctx, staffHere(ctx), {}))

  router.get(`${LIST}/inviter`, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    render(ctx, 'staff/pages/invite.njk', {
      ...staffPage(ctx, visit, 'team'),
      form: { typed: {}, errors: {} },
      invitation: null,
    })
  })

  router.post(`${LIST}/inviter`, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, invitationForm)
    const email = form.ok ? form.values.adresse : ''
    const outcome = form.ok
      ? await invite(needs, { email, by: visit.account, now: new Date() })
      : null
    const errors = form.ok ? { adresse: 'staff.invite.unknown' } : form.errors
    const isInvited = outcome?.invited === true
    if (!isInvited) ctx.status = 422
    render(ctx, 'staff/pages/invite.njk', {
      ...staffPage(ctx, visit, 'team'),
      form: { typed: form.typed, errors: isInvited ? {} : errors },
      invitation: isInvited ? { email, href: new URL(outcome.path, config.PUBLIC_URL).href } : null,
    })
  })

  router.post(`${LIST}/:id/retirer`, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    await readForm(ctx, nothingForm)
    const isDismissed = await dismiss(needs, { staff: visit.account, account: idIn(ctx) })
    if (!isDismissed) throw staffProblem('not-now', LIST)
    keepNotice(ctx, 'staff.done.dismissed')
    seeOther(ctx, LIST)
  })
}
