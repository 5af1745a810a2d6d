import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import { decide } from '@myanm/permissions'
import type { Context } from 'koa'
import { type MemberVisit, organisationPage, requireRecentMember, roleTooLow } from '#memberships'
import { keepNotice } from '#visits'
import { reasonForm } from './forms.ts'
import type { StaffNeeds } from './needs.ts'
import { askToClose, findClosingWish } from './organisations-store.ts'
import { seeOther } from './pages.ts'

const PATH = '/organismes/:organisme/fermeture'

/** Who leads an organisation asks the team to close its account (P32): a wish, which changes nothing. */
export function closingWishRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs

  const show = async (ctx: Context, here: MemberVisit, form: object) =>
    render(ctx, 'staff/pages/closing-wish.njk', {
      ...organisationPage(ctx, here, 'manager'),
      wish: await findClosingWish(db, here.organisation.id),
      form,
    })

  router.get(PATH, async (ctx) => {
    const here = await requireAsking(ctx, needs)
    if (here) await show(ctx, here, { typed: {}, errors: {} })
  })

  router.post(PATH, async (ctx) => {
    const here = await requireAsking(ctx, needs)
    if (!here) return
    const form = await readForm(ctx, reasonForm)
    if (!form.ok) {
      ctx.status = 422
      return show(ctx, here, form)
    }
    const { id: organisation } = here.organisation
    await askToClose(db, { organisation, account: here.account, reason: form.values.raison })
    keepNotice(ctx, 'staff.closing.asked')
    seeOther(ctx, `/organismes/${organisation}/gestionnaire`)
  })
}

async function requireAsking(ctx: Context, needs: StaffNeeds): Promise<MemberVisit | null> {
  const here = await requireRecentMember(ctx, needs, 'org.close')
  if (!here) return null
  const { id: organisationId } = here.organisation
  const may = decide(here.actor, 'org.close', { organisationId, gesture: 'request' })
  if (!may.allowed) throw roleTooLow(here.organisation)
  return here
}
