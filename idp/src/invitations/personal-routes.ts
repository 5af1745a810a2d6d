import type Router from '@koa/router'
import { frameProblem, readForm } from '@myanm/chassis'
import type { Context } from 'koa'
import { keepNotice, requirePerson } from '#visits'
import { acceptInvitation, declineInvitation } from './answer.ts'
import { forOther } from './answer-routes.ts'
import { nothingForm } from './forms.ts'
import { landingOf } from './landing.ts'
import { personalPath } from './list-for-person.ts'
import type { InvitationNeeds } from './needs.ts'
import { asId, seeOther } from './paths.ts'
import { type InFront, lookAt, showInvitation } from './show-invitation.ts'
import { findInvitation } from './store.ts'

/** An invitation at an address of one's own, answered without its mail: from one's own pages. */
export function personalRoutes(router: Router, needs: InvitationNeeds): void {
  const path = '/compte/invitations/:invitation'

  router.get(path, async (ctx) => {
    const inFront = await waiting(ctx)
    if (!inFront) return
    await showInvitation(ctx, needs, { inFront, path: personalPath(inFront.invitation.id) })
  })

  router.post(path, async (ctx) => {
    const inFront = await waiting(ctx)
    if (!inFront) return
    await readForm(ctx, nothingForm)
    const { id } = inFront.invitation
    const outcome = await acceptInvitation(needs, {
      invitation: id,
      account: inFront.visit?.account ?? '',
      proof: null,
      now: new Date(),
    })
    if (!outcome.accepted) return seeOther(ctx, personalPath(id))
    const { href, site } = await landingOf(needs, outcome)
    if (!site) keepNotice(ctx, 'invitations.done.joined')
    seeOther(ctx, href)
  })

  router.post(`${path}/decliner`, async (ctx) => {
    const inFront = await waiting(ctx)
    if (!inFront) return
    await readForm(ctx, nothingForm)
    const { id } = inFront.invitation
    const outcome = await declineInvitation(needs, {
      invitation: id,
      account: inFront.visit?.account ?? null,
      proof: null,
      now: new Date(),
    })
    if (!outcome.declined) return seeOther(ctx, personalPath(id))
    keepNotice(ctx, 'invitations.done.declined')
    seeOther(ctx, '/compte/organismes')
  })

  /**
   * @throws Problem `not-found` for no such invitation; `invitation-for-other` (E34) for whoever has an
   *   account, but not at the invited address
   */
  async function waiting(ctx: Context): Promise<InFront | null> {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return null
    const id = asId(ctx['params']['invitation'])
    const invitation = id === null ? undefined : await findInvitation(needs.db, id)
    const inFront = invitation && (await lookAt(needs, { invitation, visit, now: new Date() }))
    if (!inFront) {
      throw frameProblem('not-found', {
        ways: [{ key: 'invitations.way.my-organisations', href: '/compte/organismes' }],
      })
    }
    if (inFront.standpoint !== 'own') throw forOther(inFront, null)
    return inFront
  }
}
