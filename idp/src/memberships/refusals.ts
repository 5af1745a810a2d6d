import { frameProblem, type Problem } from '@myanm/chassis'
import type { Context } from 'koa'
import { problem } from '../problems.ts'
import { type MemberVisit, requireMember, requireRecentMember } from './member-here.ts'
import type { MembershipNeeds } from './needs.ts'
import type { MoveRefusal } from './rules.ts'

type Named = MemberVisit['organisation']

const teamWay = ({ id }: Named) => ({
  key: 'memberships.way.team',
  href: `/organismes/${id}/equipe`,
})

/** E16, and where to hand over. */
export const leads = (organisation: Named): Problem =>
  problem('manager-stays', {
    values: { organisation: organisation.name },
    ways: [
      { key: 'memberships.way.hand-over', href: `/organismes/${organisation.id}/gestionnaire` },
      teamWay(organisation),
    ],
  })

/** Somebody else, or they themselves, was quicker. */
export const memberGone = (organisation: Named): Problem =>
  problem('member-gone', {
    values: { organisation: organisation.name },
    ways: [teamWay(organisation)],
  })

/**
 * A page for what could not be done. Who decides is looked at once more: whose role has changed
 * meanwhile gets the page of their role (E14), who is out of the team what a stranger gets.
 */
export async function settleRefusal(
  ctx: Context,
  needs: MembershipNeeds,
  { refusal, here }: { readonly refusal: MoveRefusal; readonly here: MemberVisit },
): Promise<false> {
  const { organisation } = here
  if (refusal === 'leads') throw leads(organisation)
  if (refusal === 'gone') throw memberGone(organisation)
  if (refusal === 'not-of-team' || refusal === 'role-too-low') {
    if (!(await requireMember(ctx, needs, 'team.role'))) return false
  }
  throw problem('member-changed', {
    ways: [
      { key: 'memberships.way.look-again', href: ctx.path.replace(/\/(role|retirer)$/, '') },
      teamWay(organisation),
    ],
  })
}

/** Whether the visitor proved in the last ten minutes who they are; false after sending them to. */
export async function takesFreshProof(ctx: Context, needs: MembershipNeeds): Promise<boolean> {
  return (await requireRecentMember(ctx, needs, 'team.role')) !== null
}

/** Not of the team: nobody learns whether there is one. */
export const noSuchOrganisation = (): Problem =>
  frameProblem('not-found', {
    ways: [{ key: 'memberships.way.my-organisations', href: '/compte/organismes' }],
  })
