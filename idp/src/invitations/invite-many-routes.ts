import type Router from '@koa/router'
import { readForm, render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import { type MemberVisit, organisationPage, requireMember } from '#memberships'
import { keepNotice } from '#visits'
import { manyPeopleForm } from './forms.ts'
import { invite, rehearse } from './invite.ts'
import { clientOf, sitesOf } from './invite-routes.ts'
import type { InvitationNeeds } from './needs.ts'
import { seeOther, teamPath } from './paths.ts'
import { type Judged, MOST_AT_ONCE, readList, rolesToGive } from './rules.ts'

/** Two hundred people in one gesture: pasted, rehearsed line by line, then sent (ahead 6). */
export function inviteManyRoutes(router: Router, needs: InvitationNeeds): void {
  const path = '/organismes/:organisme/equipe/inviter/plusieurs'

  router.get(path, async (ctx) => {
    const member = await requireMember(ctx, needs, 'team.invite')
    if (!member) return
    show(ctx, member, { typed: { site: sitesOf(needs)[0]?.value ?? '' }, errors: {} })
  })

  router.post(path, async (ctx) => {
    const member = await requireMember(ctx, needs, 'team.invite')
    if (!member) return
    const form = await readForm(ctx, manyPeopleForm)
    if (!form.ok) return show(ctx, member, form)
    const { liste, role, message, site, etape } = form.values
    const entries = readList(liste)
    if (entries.length > MOST_AT_ONCE) {
      const errors = { liste: 'invitations.list.too-many' }
      return show(ctx, member, { typed: form.typed, errors })
    }
    // Back from the results, to put something right: as it was.
    if (etape === 'modifier') return show(ctx, member, { typed: form.typed, errors: {} })
    const wish = { organisation: member.organisation.id, by: member.account, entries, role }
    if (etape === 'verifier') {
      return showResults(ctx, member, { typed: form.typed, judged: await rehearse(needs, wish) })
    }
    const judged = await invite(needs, {
      ...wish,
      message: message === '' ? null : message,
      client: clientOf(needs, site),
      now: new Date(),
    })
    // Nothing could be sent any more: the results say why, line by line.
    if (!judged?.some(({ verdict }) => verdict === 'valid')) {
      return showResults(ctx, member, { typed: form.typed, judged: judged ?? [] })
    }
    keepNotice(ctx, 'invitations.done.sent-many')
    seeOther(ctx, teamPath(member.organisation.id))
  })

  function show(
    ctx: Context,
    member: MemberVisit,
    form: { readonly typed: Typed; readonly errors: Readonly<Record<string, string>> },
  ): void {
    if (Object.keys(form.errors).length > 0) ctx.status = 422
    render(ctx, 'invitations/pages/invite-many.njk', {
      ...organisationPage(ctx, member, 'invitations'),
      form,
      base: teamPath(member.organisation.id),
      path: `${teamPath(member.organisation.id)}/plusieurs`,
      roles: rolesToGive(member.actor),
      sites: sitesOf(needs),
      most: MOST_AT_ONCE,
    })
  }

  function showResults(
    ctx: Context,
    member: MemberVisit,
    shown: { readonly typed: Typed; readonly judged: readonly Judged[] },
  ): void {
    const valid = shown.judged.filter(({ verdict }) => verdict === 'valid').length
    // What is wrong comes first: it is what somebody looks for in two hundred lines.
    const judged = shown.judged.toSorted(
      (left, right) => Number(left.verdict === 'valid') - Number(right.verdict === 'valid'),
    )
    render(ctx, 'invitations/pages/results.njk', {
      ...organisationPage(ctx, member, 'invitations'),
      typed: shown.typed,
      judged,
      valid,
      wrong: judged.length - valid,
      siteName: sitesOf(needs).find(({ value }) => value === shown.typed['site'])?.text ?? null,
      base: teamPath(member.organisation.id),
      path: `${teamPath(member.organisation.id)}/plusieurs`,
    })
  }
}
