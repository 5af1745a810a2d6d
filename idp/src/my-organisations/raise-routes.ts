import type Router from '@koa/router'
import { frameProblem, readForm } from '@myanm/chassis'
import { z } from 'zod'
import { askToRaise } from '#join-requests'
import { requireMember } from '#memberships'
import { findOrganisation } from '#organisations'
import { GIVEN_ROLES } from '#rules/memberships'
import { keepNotice } from '#visits'
import type { MyOrganisationsNeeds } from './needs.ts'

const raiseForm = z.object({
  role: z.enum(GIVEN_ROLES, { error: 'memberships.role.missing' }),
})

/** A member asks for a higher role, from the page that says what it would open (ahead 2). */
export function raiseRoutes(router: Router, needs: MyOrganisationsNeeds): void {
  router.post('/organismes/:organisme/role', async (ctx) => {
    const here = await requireMember(ctx, needs, 'org.read')
    if (!here) return
    const { account, organisation } = here
    const form = await readForm(ctx, raiseForm)
    const addressee = await findOrganisation(needs.db, organisation)
    if (!form.ok || !addressee) throw frameProblem('bad-request')
    const asked = await askToRaise(needs, {
      ...{ account, addressee, role: form.values.role },
      ...{ message: null, client: null, page: null },
    })
    ctx.status = 303
    if ('request' in asked) return ctx.redirect(`/compte/demandes/${asked.request}`)
    keepNotice(ctx, `my-organisations.raise.${asked.is}`)
    ctx.redirect(`/organismes/${organisation.id}`)
  })
}
