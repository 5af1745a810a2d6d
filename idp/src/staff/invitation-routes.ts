import type Router from '@koa/router'
import { frameProblem, readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { hasSecondFactor } from '#authenticators'
import { lookAtProof } from '#proofs'
import { bannerOf, keepNotice, requirePerson, requireStrongPerson } from '#visits'
import { INVITATION_PATH, join } from './appoint.ts'
import { nothingForm } from './forms.ts'
import type { StaffNeeds } from './needs.ts'
import { seeOther } from './pages.ts'

/**
 * The way into the team. For whoever has no invitation, or somebody else's, there is no such page. Opening
 * it changes nothing; a second factor is asked for before the button does.
 */
export function invitationRoutes(router: Router, needs: StaffNeeds): void {
  const path = `${INVITATION_PATH}/:jeton`

  const invitationAt = (ctx: Context & { params: Record<string, string> }) =>
    lookAtProof(needs, {
      token: ctx.params['jeton'] ?? '',
      purposes: ['staff-invitation'],
      now: new Date(),
    })

  router.get(path, async (ctx) => {
    const found = await invitationAt(ctx)
    if (!found.proof) throw frameProblem('not-found')
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    if (found.proof.account_id !== visit.account) throw frameProblem('not-found')
    const isReady = await hasSecondFactor(needs.db, visit.account)
    if (found.works && isReady && !(await requireStrongPerson(ctx, needs))) return
    if (!found.works) ctx.status = 410
    render(ctx, 'staff/pages/invitation.njk', {
      banner: bannerOf(visit),
      ...{ works: found.works, isReady, action: ctx.path },
    })
  })

  router.post(path, async (ctx) => {
    const found = await invitationAt(ctx)
    if (!found.proof) throw frameProblem('not-found')
    const visit = await requireStrongPerson(ctx, needs)
    if (!visit) return
    if (found.proof.account_id !== visit.account) throw frameProblem('not-found')
    await readForm(ctx, nothingForm)
    const outcome = await join(needs, {
      proof: found.proof.id,
      account: visit.account,
      now: new Date(),
    })
    // Its page says why, with a way forward.
    if (outcome !== 'joined') return seeOther(ctx, ctx.path)
    keepNotice(ctx, 'staff.done.joined')
    seeOther(ctx, '/equipe-anm')
  })
}
