import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import { transact } from '@myanm/database'
import { keepNotice } from '#visits'
import { nothingForm } from './forms.ts'
import { leaveOrganisation } from './leave-organisation.ts'
import { organisationPage, requireMember } from './member-here.ts'
import type { MembershipNeeds } from './needs.ts'
import { leads, noSuchOrganisation } from './refusals.ts'
import { consequencesOf } from './rules.ts'

/** Leaving a team (P29): everybody may, but who leads it. */
export function leaveRoutes(router: Router, needs: MembershipNeeds): void {
  const path = '/organismes/:organisme/quitter'

  router.get(path, async (ctx) => {
    const here = await requireMember(ctx, needs, 'org.read')
    if (!here) return
    const { organisation, actor } = here
    if (organisation.role === 'GESTIONNAIRE' || !actor.organisation) throw leads(organisation)
    render(ctx, 'memberships/pages/leave.njk', {
      ...organisationPage(ctx, here, 'overview'),
      base: `/organismes/${organisation.id}`,
      changes: consequencesOf(actor.organisation, { from: organisation.role, to: null }),
    })
  })

  router.post(path, async (ctx) => {
    const here = await requireMember(ctx, needs, 'org.read')
    if (!here) return
    const { organisation, account } = here
    await readForm(ctx, nothingForm)
    const refusal = await transact(needs.db, (tx) =>
      leaveOrganisation(tx, { organisation: organisation.id, account }),
    )
    if (refusal === 'leads') throw leads(organisation)
    if (refusal === 'not-of-team') throw noSuchOrganisation()
    keepNotice(ctx, 'memberships.done.left')
    ctx.status = 303
    ctx.redirect('/compte/organismes')
  })
}
