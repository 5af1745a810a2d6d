import type Router from '@koa/router'
import { render } from '@myanm/chassis'
import type { Context } from 'koa'
import { listInvitationsOf } from '#invitations'
import { listRequestsOf } from '#join-requests'
import { isIdentifier } from '#rules/memberships'
import { accountPage, requirePerson } from '#visits'
import type { MyOrganisationsNeeds } from './needs.ts'
import { isWorthShowing } from './rules.ts'
import { countOwnOrganisations, listOwnOrganisations, type Turn } from './store.ts'

/** Organisations on one page; whoever has more searches. */
const PAGE = 25

const LONGEST_SEARCH = 100

/** The organisations somebody belongs to, and the ways to one more (M31, 4.1). */
export function listRoutes(router: Router, needs: MyOrganisationsNeeds): void {
  const { db } = needs

  router.get('/compte/organismes', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const { account } = visit
    const search = textOf(ctx, 'q')
    const [page, total, invitations, requests] = await Promise.all([
      listOwnOrganisations(db, { account, search, turn: turnOf(ctx), most: PAGE }),
      countOwnOrganisations(db, account),
      listInvitationsOf(db, account),
      listRequestsOf(db, account),
    ])
    render(ctx, 'my-organisations/pages/list.njk', {
      ...accountPage(ctx, visit, 'organisations'),
      ...{ total, search },
      isSearchable: total > PAGE || search !== '',
      organisations: page.organisations,
      invitations,
      requests: requests.filter((request) => isWorthShowing(request, new Date())),
      next: page.next && turnPath({ search, apres: page.next }),
      previous: page.previous && turnPath({ search, avant: page.previous }),
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

function turnPath({
  search,
  ...turn
}: { readonly search: string } & Readonly<Record<string, string>>): string {
  return `/compte/organismes?${new URLSearchParams({ ...(search !== '' && { q: search }), ...turn })}`
}
