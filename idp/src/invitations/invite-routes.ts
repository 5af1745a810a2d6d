import type Router from '@koa/router'
import { readForm, render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import { type MemberVisit, organisationPage, requireMember } from '#memberships'
import { displayName } from '#rules/accounts'
import { keepNotice } from '#visits'
import { onePersonForm } from './forms.ts'
import { invite } from './invite.ts'
import type { InvitationNeeds } from './needs.ts'
import { asId, seeOther, teamPath } from './paths.ts'
import { type Fate, fateOf, mayGive, rolesToGive } from './rules.ts'
import { type Listed, listInvitations } from './store.ts'

/** One person, and all who were invited before (P20–P22). */
export function inviteRoutes(router: Router, needs: InvitationNeeds): void {
  const path = '/organismes/:organisme/equipe/inviter'

  router.get(path, async (ctx) => {
    const member = await requireMember(ctx, needs, 'team.invite')
    if (!member) return
    await show(ctx, member, { typed: { site: sitesOf(needs)[0]?.value ?? '' }, errors: {} })
  })

  router.post(path, async (ctx) => {
    const member = await requireMember(ctx, needs, 'team.invite')
    if (!member) return
    const form = await readForm(ctx, onePersonForm)
    if (!form.ok) return show(ctx, member, form)
    const { email, role, message, site } = form.values
    const entry = { line: 1, typed: email, email, role, unknownRole: null }
    const judged = await invite(needs, {
      organisation: member.organisation.id,
      by: member.account,
      entries: [entry],
      role,
      message: message === '' ? null : message,
      client: clientOf(needs, site),
      now: new Date(),
    })
    const verdict = judged?.[0]?.verdict
    if (verdict === 'valid') {
      keepNotice(ctx, 'invitations.done.sent')
      return seeOther(ctx, teamPath(member.organisation.id))
    }
    const field = verdict === 'role-too-high' ? 'role' : 'email'
    const errors = { [field]: `invitations.verdict.${verdict ?? 'over'}` }
    await show(ctx, member, { typed: form.typed, errors })
  })

  async function show(
    ctx: Context,
    member: MemberVisit,
    form: { readonly typed: Typed; readonly errors: Readonly<Record<string, string>> },
  ): Promise<void> {
    if (Object.keys(form.errors).length > 0) ctx.status = 422
    const { invitations, next } = await listInvitations(needs.db, {
      organisation: member.organisation.id,
      before: asId(ctx.query['avant']),
    })
    const now = new Date()
    render(ctx, 'invitations/pages/invite.njk', {
      ...organisationPage(ctx, member, 'invitations'),
      form,
      path: teamPath(member.organisation.id),
      roles: rolesToGive(member.actor),
      sites: sitesOf(needs),
      invitations: invitations.map((one) => presentedTo(member, one, now)),
      isFirstPage: asId(ctx.query['avant']) === null,
      next,
    })
  }
}

export interface Presented {
  readonly id: string
  readonly email: string
  readonly role: string
  readonly fate: Fate
  readonly sentAt: Date
  readonly expiresAt: Date
  readonly settledAt: Date | null
  readonly isOwn: boolean
  /** Who sent it, for the GESTIONNAIRE; null for everybody else. */
  readonly by: string | null
}

/** An invitation as this member may see it: who decided what is for the GESTIONNAIRE (M53). */
export function presentedTo(member: MemberVisit, listed: Listed, now: Date): Presented {
  const { id, email, role, sentAt, expiresAt, settledAt, inviter } = listed
  const isSupported =
    inviter?.role != null &&
    mayGive(
      {
        ...member.actor,
        ...(member.actor.organisation && {
          organisation: { ...member.actor.organisation, role: inviter.role },
        }),
      },
      role,
    )
  const isOwn = listed.invitedBy === member.account
  const name = inviter && displayName({ ...inviter, email: null })
  const seesWho = member.organisation.role === 'GESTIONNAIRE'
  return {
    ...{ id, email, role, sentAt, expiresAt, settledAt, isOwn },
    fate: fateOf({ ...listed, isSupported }, now),
    by: seesWho && name ? name : null,
  }
}

/** The sites somebody can be led to, as a select lists them. */
export const sitesOf = ({ engine }: InvitationNeeds): { value: string; text: string }[] =>
  engine
    .sites()
    .filter(({ clientId }) => clientId !== 'bilan')
    .map(({ clientId, name }) => ({ value: clientId, text: name }))

export const clientOf = (needs: InvitationNeeds, site: string): string | null =>
  sitesOf(needs).find(({ value }) => value === site)?.value ?? null
