import type Router from '@koa/router'
import { frameProblem, readForm, render } from '@myanm/chassis'
import { transact } from '@myanm/database'
import type { Context } from 'koa'
import { displayName } from '#rules/accounts'
import { followChange } from '#signals'
import { keepNotice } from '#visits'
import { changeMemberRole } from './change-role.ts'
import type { Decision } from './decide-on-member.ts'
import { confirmedRoleForm, removalForm, roleForm } from './forms.ts'
import { type MemberVisit, organisationPage, requireMember } from './member-here.ts'
import type { MembershipNeeds } from './needs.ts'
import { leads, memberGone, settleRefusal, takesFreshProof } from './refusals.ts'
import { removeMember } from './remove-member.ts'
import {
  consequencesOf,
  dayIn,
  GIVEN_ROLES,
  type GivenRole,
  isIdentifier,
  type MoveRefusal,
  showDay,
} from './rules.ts'
import { countResponsables, findMember, type MemberFile } from './store.ts'
import { findLeftBehind } from './waiting-store.ts'

/** How long the page of somebody who has gone tells how far that has come, in milliseconds. */
const AFTERMATH = 24 * 60 * 60_000

const PAGE = '/organismes/:organisme/equipe/membres/:membre'

/** One member, for who leads the team: another role, a last day, out of the team (P23, P24). */
export function memberRoutes(router: Router, needs: MembershipNeeds): void {
  const { db } = needs

  router.get(PAGE, async (ctx) => {
    const here = await requireMember(ctx, needs, 'team.role')
    if (!here) return
    const member = await memberAt(ctx, needs, here)
    const { progress, isFollowing } = await followChange(ctx, needs, {
      organisation: here.organisation.id,
      account: member.account,
    })
    if (member.state !== 'active') {
      return render(ctx, 'memberships/pages/former-member.njk', {
        ...shownOf(ctx, here, member),
        ...{ progress, isFollowing, left: await leftBy(here, member) },
      })
    }
    if (member.role === 'GESTIONNAIRE') throw leads(here.organisation)
    const typed = { role: member.role, jusqu_au: member.ends_on ?? '' }
    showMember(ctx, here, { member, progress, isFollowing, form: { typed, errors: {} } })
  })

  router.get(`${PAGE}/role`, async (ctx) => {
    const here = await requireMember(ctx, needs, 'team.role')
    if (!here) return
    const member = activeOf(here, await memberAt(ctx, needs, here))
    const [today, typed] = [dayIn(new Date()), typedIn(ctx)]
    const read = roleForm(today).safeParse(typed)
    if (!read.success) {
      const errors: Record<string, string> = {}
      for (const { path, message } of read.error.issues) errors[String(path[0])] ??= message
      ctx.status = 422
      return showMember(ctx, here, { member, form: { typed, errors } })
    }
    const { role, jusqu_au: lastDay } = read.data
    if (role === member.role && lastDay === member.ends_on) {
      keepNotice(ctx, 'memberships.done.nothing')
      return seeOther(ctx, memberPath(here, member))
    }
    const isLower = member.role === 'RESPONSABLE' && role !== 'RESPONSABLE'
    if (isLower && !(await provedFor(ctx, here, member))) return
    render(ctx, 'memberships/pages/role.njk', {
      ...shownOf(ctx, here, member),
      ...{ role, lastDay, lastDayShown: lastDay && showDay(lastDay) },
      isSameRole: role === member.role,
      isLastResponsable: isLower && (await isAlone(here, member)),
      changes: consequencesOf(organisationOf(here), { from: member.role, to: role }),
    })
  })

  router.post(`${PAGE}/role`, async (ctx) => {
    const here = await requireMember(ctx, needs, 'team.role')
    if (!here) return
    const form = await readForm(ctx, confirmedRoleForm(dayIn(new Date())))
    if (!form.ok) {
      const member = activeOf(here, await memberAt(ctx, needs, here))
      ctx.status = 422
      return showMember(ctx, here, { member, form })
    }
    const { role, jusqu_au: lastDay, vu: seen } = form.values
    const isDone = await decideHere(ctx, here, (decision) =>
      transact(db, (tx) => changeMemberRole(tx, { ...decision, seen, role, lastDay })),
    )
    if (!isDone) return
    keepNotice(ctx, 'memberships.done.role')
    seeOther(ctx, `${pathOf(ctx, here)}?suivi=1`)
  })

  router.get(`${PAGE}/retirer`, async (ctx) => {
    const here = await requireMember(ctx, needs, 'team.remove')
    if (!here) return
    const member = activeOf(here, await memberAt(ctx, needs, here))
    if (!(await provedFor(ctx, here, member))) return
    render(ctx, 'memberships/pages/remove.njk', {
      ...shownOf(ctx, here, member),
      isLastResponsable: await isAlone(here, member),
      left: await leftBy(here, member),
      changes: consequencesOf(organisationOf(here), { from: member.role, to: null }),
    })
  })

  router.post(`${PAGE}/retirer`, async (ctx) => {
    const here = await requireMember(ctx, needs, 'team.remove')
    if (!here) return
    const form = await readForm(ctx, removalForm)
    if (!form.ok) return seeOther(ctx, `${pathOf(ctx, here)}/retirer`)
    const isDone = await decideHere(ctx, here, (decision) =>
      transact(db, (tx) => removeMember(tx, { ...decision, seen: form.values.vu })),
    )
    if (!isDone) return
    keepNotice(ctx, 'memberships.done.removed')
    seeOther(ctx, `${pathOf(ctx, here)}?suivi=1`)
  })

  /**
   * Makes a decision on the member named in the address.
   * @returns false when the visitor was sent to prove who they are; they come back to the page before
   * @throws Problem when the decision cannot be made, or not any more
   */
  async function decideHere(
    ctx: Context,
    here: MemberVisit,
    make: (decision: Omit<Decision, 'seen'>) => Promise<MoveRefusal | null>,
  ): Promise<boolean> {
    const decision = {
      organisation: here.organisation.id,
      membership: identifierIn(ctx, here),
      by: { as: 'member', account: here.account },
    } as const
    const refusal = await make({ ...decision, isProved: false })
    if (refusal === null) return true
    if (refusal !== 'prove-again') return settleRefusal(ctx, needs, { refusal, here })
    if (!(await takesFreshProof(ctx, needs))) return false
    const again = await make({ ...decision, isProved: true })
    return again === null || settleRefusal(ctx, needs, { refusal: again, here })
  }

  /** Asked before the form is shown, so that nobody decides twice. @returns false when sent away */
  async function provedFor(ctx: Context, here: MemberVisit, member: MemberFile): Promise<boolean> {
    return !(await isAlone(here, member)) || (await takesFreshProof(ctx, needs))
  }

  const leftBy = ({ organisation }: MemberVisit, { account }: MemberFile) =>
    findLeftBehind(db, { organisation: organisation.id, account })

  async function isAlone({ organisation }: MemberVisit, { role }: MemberFile): Promise<boolean> {
    return role === 'RESPONSABLE' && (await countResponsables(db, organisation.id)) === 1
  }
}

function showMember(
  ctx: Context,
  here: MemberVisit,
  shown: { readonly member: MemberFile; readonly form: object } & Record<string, unknown>,
): void {
  render(ctx, 'memberships/pages/member.njk', {
    progress: null,
    isFollowing: false,
    ...shown,
    ...shownOf(ctx, here, shown.member),
    roles: GIVEN_ROLES,
    today: dayIn(new Date()),
    form: shown.form,
  })
}

function shownOf(ctx: Context, here: MemberVisit, member: MemberFile): object {
  return {
    ...organisationPage(ctx, here, 'team'),
    base: memberPath(here, member),
    team: teamPath(here),
    member: {
      ...member,
      name: displayName(member),
      lastDay: member.ends_on && showDay(member.ends_on),
    },
  }
}

/**
 * The member named in the address.
 * @throws Problem `not-found` for who never was of this team, or has not been for a day
 */
async function memberAt(
  ctx: Context,
  { db }: MembershipNeeds,
  here: MemberVisit,
): Promise<MemberFile> {
  const membership = identifierIn(ctx, here)
  const member = await findMember(db, { organisation: here.organisation.id, membership })
  const isLongGone = member?.until && Date.now() - member.until.getTime() > AFTERMATH
  if (!member || isLongGone) throw nobody(here)
  return member
}

function activeOf(here: MemberVisit, member: MemberFile): MemberFile & { role: GivenRole } {
  if (member.state !== 'active') throw memberGone(here.organisation)
  if (member.role === 'GESTIONNAIRE') throw leads(here.organisation)
  return member as MemberFile & { role: GivenRole }
}

function identifierIn(ctx: Context, here: MemberVisit): string {
  const id = String((ctx as { params?: Record<string, string> }).params?.['membre'] ?? '')
  if (!isIdentifier(id)) throw nobody(here)
  return id
}

const nobody = ({ organisation }: MemberVisit) =>
  frameProblem('not-found', {
    ways: [{ key: 'memberships.way.team', href: `/organismes/${organisation.id}/equipe` }],
  })

/** A form that is sent by GET: it shows what would come, and changes nothing. */
const typedIn = (ctx: Context): { role: string; jusqu_au: string } => ({
  role: String(ctx.query['role'] ?? ''),
  jusqu_au: String(ctx.query['jusqu_au'] ?? ''),
})

const organisationOf = ({ actor }: MemberVisit) => {
  if (!actor.organisation) throw new Error('A member acts for an organisation')
  return actor.organisation
}

const teamPath = ({ organisation }: MemberVisit): string => `/organismes/${organisation.id}/equipe`

const memberPath = (here: MemberVisit, { id }: Pick<MemberFile, 'id'>): string =>
  `${teamPath(here)}/membres/${id}`

const pathOf = (ctx: Context, here: MemberVisit): string =>
  memberPath(here, { id: identifierIn(ctx, here) })

function seeOther(ctx: Context, path: string): void {
  ctx.status = 303
  ctx.redirect(path)
}
