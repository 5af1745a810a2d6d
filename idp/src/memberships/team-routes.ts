import type Router from '@koa/router'
import { render } from '@myanm/chassis'
import { outlook } from '@myanm/permissions'
import type { Context } from 'koa'
import { displayName } from '#rules/accounts'
import { organisationPage, requireMember } from './member-here.ts'
import type { MembershipNeeds } from './needs.ts'
import { isIdentifier } from './rules.ts'
import { countTeam, listTeam, type Turn } from './store.ts'
import { findWaiting } from './waiting-store.ts'

/** Members on one page: a team is read at a glance, one of ten thousand is searched. */
const PAGE = 50

const LONGEST_SEARCH = 100

/** The team, as everybody in it sees it: first name and name, e-mail, role (M53, P18). */
export function teamRoutes(router: Router, needs: MembershipNeeds): void {
  router.get('/organismes/:organisme/equipe', async (ctx) => {
    const here = await requireMember(ctx, needs, 'team.read')
    if (!here) return
    const { organisation, actor } = here
    const search = textOf(ctx, 'q')
    const [page, total, waiting] = await Promise.all([
      listTeam(needs.db, {
        organisation: organisation.id,
        viewer: here.account,
        search,
        turn: turnOf(ctx),
        most: PAGE,
      }),
      countTeam(needs.db, organisation.id),
      findWaiting(needs.db, { organisation: organisation.id, account: here.account }),
    ])
    const base = `/organismes/${organisation.id}`
    const may = (action: 'team.role' | 'team.invite' | 'join.decide') =>
      outlook(actor, action).allowed
    render(ctx, 'memberships/pages/team.njk', {
      ...organisationPage(ctx, here, 'team'),
      ...{ total, search, base },
      isSearchable: total > PAGE || search !== '',
      mayDecide: may('team.role'),
      mayInvite: may('team.invite'),
      requests: may('join.decide') ? waiting.requests : 0,
      invitations: may('team.invite') ? waiting.invitations : 0,
      members: page.members.map(({ id, email, role, is_oneself, ...person }) => ({
        ...{ id, email, role, isOneself: is_oneself },
        name: displayName({ ...person, email: null }),
        leads: role === 'GESTIONNAIRE',
      })),
      next: page.next && turnPath(base, { search, apres: page.next }),
      previous: page.previous && turnPath(base, { search, avant: page.previous }),
    })
  })
}

function textOf(ctx: Context, name: string): string {
  const text = ctx.query[name]
  return typeof text === 'string' ? text.trim().slice(0, LONGEST_SEARCH) : ''
}

function turnOf(ctx: Context): Turn | null {
  const [after, before] = [textOf(ctx, 'apres'), textOf(ctx, 'avant')]
  if (isIdentifier(after)) return { to: 'next', from: after }
  return isIdentifier(before) ? { to: 'previous', from: before } : null
}

function turnPath(
  base: string,
  { search, ...turn }: { readonly search: string } & Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams({ ...(search !== '' && { q: search }), ...turn })
  return `${base}/equipe?${query}`
}
