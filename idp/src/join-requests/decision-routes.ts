import type Router from '@koa/router'
import { readForm, render, type Typed } from '@myanm/chassis'
import { outlook } from '@myanm/permissions'
import type { Context } from 'koa'
import { displayName } from '#accounts'
import { type MemberVisit, organisationPage, requireMember, roleTooLow } from '#memberships'
import { showDay } from '#rules/memberships'
import { keepNotice } from '#visits'
import { approveRequest, type Decided, refuseRequest } from './decide.ts'
import { decisionForm } from './forms.ts'
import type { JoinRequestNeeds } from './needs.ts'
import { GRANTABLE, rolesToAskFor } from './rules.ts'
import { listOpenOf, type OpenRequest } from './store.ts'

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** « Demandes »: who asks to join or for another role, answered in one press (P26). */
export function decisionRoutes(router: Router, needs: JoinRequestNeeds): void {
  const { db } = needs

  router.get('/organismes/:organisme/equipe/demandes', async (ctx) => {
    const member = await requireMember(ctx, needs, 'join.decide')
    if (!member) return
    show(ctx, member, { requests: await listOpenOf(db, member.organisation.id) })
  })

  router.post('/organismes/:organisme/equipe/demandes/:requestId', async (ctx) => {
    const member = await requireMember(ctx, needs, 'join.decide')
    if (!member) return
    const organisation = member.organisation.id
    const request = ctx.params['requestId'] ?? ''
    const form = await readForm(ctx, decisionForm)
    if (!form.ok) {
      const { typed, errors } = form
      return show(ctx, member, {
        requests: await listOpenOf(db, organisation),
        about: { request, typed, errors },
      })
    }
    const { decision, raison: reason } = form.values
    const asked = { organisation, request, by: member.account }
    const decided: Decided = !UUID.test(request)
      ? { is: 'settled' }
      : decision === 'refuser'
        ? await refuseRequest(needs, { ...asked, reason })
        : await approveRequest(needs, { ...asked, role: decision })
    if (decided.is === 'not-allowed') throw roleTooLow(member.organisation)
    keepNotice(
      ctx,
      `join-requests.decided.${decided.is}${'kind' in decided ? `.${decided.kind}` : ''}`,
    )
    ctx.status = 303
    ctx.redirect(`/organismes/${organisation}/equipe/demandes`)
  })
}

interface Mistaken {
  readonly request: string
  readonly typed: Typed
  readonly errors: Readonly<Record<string, string>>
}

function show(
  ctx: Context,
  member: MemberVisit,
  { requests, about }: { readonly requests: readonly OpenRequest[]; readonly about?: Mistaken },
): void {
  if (about) ctx.status = 422
  render(ctx, 'join-requests/pages/decisions.njk', {
    ...organisationPage(ctx, member, 'requests'),
    mayInvite: outlook(member.actor, 'team.invite').allowed,
    form: about ? { typed: about.typed, errors: about.errors } : { typed: {}, errors: {} },
    mistaken: about?.request ?? null,
    requests: requests.map((request) => ({
      ...request,
      name: displayName(request),
      lastDay: request.endsOn && showDay(request.endsOn),
      // Of a member who asks for more, only what would be more.
      roles: request.kind === 'raise' && request.role ? rolesToAskFor(request.role) : GRANTABLE,
    })),
  })
}
