import type Router from '@koa/router'
import { render } from '@myanm/chassis'
import { hasSecondFactor } from '#authenticators'
import { listSites } from '#clients'
import { listInvitationsOf } from '#invitations'
import { lettersOf } from '#mail'
import { countOwnOrganisations, listOwnOrganisations } from '#my-organisations'
import { listLive } from '#proofs'
import { displayName } from '#rules/accounts'
import { concerns } from '#rules/home'
import { isOfTheTeam } from '#staff'
import { accountPage, requirePerson } from '#visits'
import type { MyAccountNeeds } from './needs.ts'
import { concernsOf, isMailReturned } from './rules.ts'

/** Organisations named here; the others have a page of their own. */
const FIRST = 5

/** The first page: who I am, what deserves attention, where I may act (M3, M12, M18). */
export function overviewRoutes(router: Router, needs: MyAccountNeeds): void {
  const { db } = needs

  router.get('/compte', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const { standing, account } = visit
    const [sites, organisations, total, invitations, pending, letters, isProtected, isStaff] =
      await Promise.all([
        listSites(db),
        listOwnOrganisations(db, { account, search: '', turn: null, most: FIRST }),
        countOwnOrganisations(db, account),
        listInvitationsOf(db, account),
        listLive(db, account, new Date()),
        lettersOf(db, account),
        hasSecondFactor(db, account),
        isOfTheTeam(db, account),
      ])
    const isPending = (purpose: string) => pending.some((proof) => proof.purpose === purpose)
    render(ctx, 'my-account/pages/overview.njk', {
      ...accountPage(ctx, visit, 'overview'),
      person: { name: displayName(standing.account), email: standing.account.email },
      accountType: standing.account.type,
      concerns: concernsOf({
        hasName: Boolean(standing.account.given_name && standing.account.family_name),
        isMailReturned: isMailReturned(letters),
        isAddressPending: isPending('change-email'),
        isNewsletterPending: isPending('newsletter'),
        hasSecondFactor: isProtected,
      }),
      // Offered where whoever has just confirmed their address looks first (6.1).
      invitations: invitations.slice(0, FIRST),
      memberships: organisations.organisations,
      ...{ total, isStaff },
      sites: sites.filter((site) => concerns(site.client_id, standing)),
    })
  })
}
