import type Router from '@koa/router'
import { render } from '@myanm/chassis'
import { outlook } from '@myanm/permissions'
import {
  countTeam,
  findContact,
  findWaiting,
  listEnding,
  type MemberVisit,
  organisationPage,
  requireMember,
} from '#memberships'
import { findOrganisation } from '#organisations'
import { displayName } from '#rules/accounts'
import { isIdentifier, showDay } from '#rules/memberships'
import type { MyOrganisationsNeeds } from './needs.ts'
import { doingsOf } from './rules.ts'

/** A role that ends within a month deserves a look. */
const SOON = { days: 30, most: 10 }

/** The first page of an organisation: who am I here, whom do I turn to, what waits, what may I do. */
export function overviewRoutes(router: Router, needs: MyOrganisationsNeeds): void {
  const { db } = needs

  router.get('/organismes/:organisme', async (ctx, next) => {
    // « rejoindre », « inscrire » and the like are pages of others.
    if (!isIdentifier(ctx.params['organisme'] ?? '')) return next()
    const here = await requireMember(ctx, needs, 'org.read')
    if (!here) return
    const { account, organisation } = here
    const [contact, total, waiting, kept, ending] = await Promise.all([
      findContact(db, organisation.id),
      countTeam(db, organisation.id),
      findWaiting(db, { organisation: organisation.id, account }),
      findOrganisation(db, organisation),
      listEnding(db, { organisation: organisation.id, ...SOON }),
    ])
    const may = allowedTo(here)
    render(ctx, 'my-organisations/pages/overview.njk', {
      ...organisationPage(ctx, here, 'overview'),
      base: `/organismes/${organisation.id}`,
      role: organisation.role,
      leads: organisation.role === 'GESTIONNAIRE',
      contact: contact && { name: displayName(contact), email: contact.email },
      ...{ total, isToCheck: kept?.to_check === true },
      waiting: {
        requests: may('join.decide') ? waiting.requests : 0,
        invitations: may('team.invite') ? waiting.invitations : 0,
        isReviewOpen: may('team.role') && waiting.reviews > 0,
        transfer: waiting.transfer,
      },
      ending: may('team.role')
        ? ending.map(({ ends_on, id, ...member }) => ({
            id,
            name: displayName(member),
            day: showDay(ends_on),
          }))
        : [],
      doings: doingsOf(here.actor),
    })
  })
}

const allowedTo =
  ({ actor }: MemberVisit) =>
  (action: 'join.decide' | 'team.invite' | 'team.role'): boolean =>
    outlook(actor, action).allowed
