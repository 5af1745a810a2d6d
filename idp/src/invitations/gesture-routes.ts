import type Router from '@koa/router'
import { frameProblem, readForm, render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import { type MemberVisit, organisationPage, requireMember, roleTooLow } from '#memberships'
import { keepNotice } from '#visits'
import { cancelInvitation, correctInvitation, sendInvitationAgain } from './change.ts'
import { addressForm, nothingForm } from './forms.ts'
import { presentedTo } from './invite-routes.ts'
import type { InvitationNeeds } from './needs.ts'
import { asId, seeOther, teamPath } from './paths.ts'
import { mayCancel, mayGive } from './rules.ts'
import { findListed, type Listed } from './store.ts'

/** One invitation, and what can still be done about it: send again, correct, cancel (P22). */
export function gestureRoutes(router: Router, needs: InvitationNeeds): void {
  const path = '/organismes/:organisme/equipe/inviter/:invitation'

  router.get(path, async (ctx) => {
    const found = await invitationAt(ctx)
    if (found) show(ctx, found, { typed: {}, errors: {} })
  })

  router.post(`${path}/renvoyer`, async (ctx) => {
    const found = await invitationAt(ctx)
    if (!found) return
    await readForm(ctx, nothingForm)
    const outcome = await sendInvitationAgain(needs, gestureOf(found))
    if (outcome === 'not-yours') throw roleTooLow(found.member.organisation)
    if (outcome !== 'sent')
      return show(ctx, found, { typed: {}, errors: { '': `invitations.again.${outcome}` } })
    keepNotice(ctx, 'invitations.done.sent-again')
    seeOther(ctx, teamPath(found.member.organisation.id))
  })

  router.post(`${path}/adresse`, async (ctx) => {
    const found = await invitationAt(ctx)
    if (!found) return
    const form = await readForm(ctx, addressForm)
    if (!form.ok) return show(ctx, found, form)
    const outcome = await correctInvitation(needs, {
      ...gestureOf(found),
      email: form.values.email,
    })
    if (outcome === 'not-yours') throw roleTooLow(found.member.organisation)
    if (outcome !== 'valid') {
      const errors = { email: `invitations.verdict.${outcome}` }
      return show(ctx, found, { typed: form.typed, errors })
    }
    keepNotice(ctx, 'invitations.done.corrected')
    seeOther(ctx, teamPath(found.member.organisation.id))
  })

  router.post(`${path}/annuler`, async (ctx) => {
    const found = await invitationAt(ctx)
    if (!found) return
    await readForm(ctx, nothingForm)
    const outcome = await cancelInvitation(needs, gestureOf(found))
    if (outcome === 'not-yours') throw roleTooLow(found.member.organisation)
    if (outcome === 'over') {
      return show(ctx, (await invitationAt(ctx)) ?? found, {
        typed: {},
        errors: { '': 'invitations.verdict.over' },
      })
    }
    keepNotice(ctx, 'invitations.done.cancelled')
    seeOther(ctx, teamPath(found.member.organisation.id))
  })

  interface Found {
    readonly member: MemberVisit
    readonly listed: Listed
  }

  /** @throws Problem `not-found` for what is no invitation of this team */
  async function invitationAt(ctx: Context): Promise<Found | null> {
    const member = await requireMember(ctx, needs, 'team.invite')
    if (!member) return null
    const id = asId(ctx['params']['invitation'])
    const organisation = member.organisation.id
    const listed = id === null ? undefined : await findListed(needs.db, { organisation, id })
    if (!listed) {
      throw frameProblem('not-found', {
        ways: [{ key: 'invitations.way.all', href: teamPath(organisation) }],
      })
    }
    return { member, listed }
  }

  const gestureOf = ({ member, listed }: Found) => ({
    organisation: member.organisation.id,
    invitation: listed.id,
    by: member.account,
    now: new Date(),
  })

  function show(
    ctx: Context,
    { member, listed }: Found,
    form: { readonly typed: Typed; readonly errors: Readonly<Record<string, string>> },
  ): void {
    if (Object.keys(form.errors).length > 0) ctx.status = 422
    const invitation = presentedTo(member, listed, new Date())
    const waits = ['sending', 'sent', 'begun', 'not-delivered', 'unsupported'].includes(
      invitation.fate,
    )
    const givesRole = mayGive(member.actor, listed.role)
    const cancels = mayCancel(member.actor, invitation.isOwn ? 'self' : 'colleague')
    const base = teamPath(member.organisation.id)
    render(ctx, 'invitations/pages/gestures.njk', {
      ...organisationPage(ctx, member, 'invitations'),
      form,
      base,
      path: `${base}/${listed.id}`,
      invitation,
      message: listed.message,
      mayCancel: waits && cancels,
      maySendAgain: givesRole && (waits || invitation.fate === 'expired'),
      mayCorrect: givesRole && cancels && (waits || invitation.fate === 'expired'),
    })
  }
}
