import Router from '@koa/router'
import { render } from '@myanm/chassis'
import type { Services } from '../services.ts'
import { offerAddress } from './address.ts'
import { dayOf } from './day.ts'
import { showOffer } from './offer-page.ts'
import { offerProblem } from './problems.ts'
import { isGone, maySee, standingOf } from './rules.ts'
import { addressOf } from './slug.ts'
import { findOffer } from './store.ts'

export function publicRoutes(services: Services): Router {
  const { db, clock, myanm } = services
  const router = new Router()

  router.get('/emplois/:address', async (ctx) => {
    const { slug, number } = offerAddress(ctx)
    const now = clock.now()
    const offer = await findOffer(db, number)
    if (!offer || isGone(offer, now)) throw offerProblem('offer-not-found')
    const standing = standingOf({ state: offer.state, endsOn: offer.content.endsOn }, dayOf(now))
    const person = myanm.person(ctx)
    const isVisible =
      standing === 'published' ||
      (person !== undefined &&
        maySee(person.actor, { organisationId: offer.organisationId, standing }))
    if (!isVisible) throw offerProblem('offer-not-found')
    if (slug !== offer.slug) {
      ctx.status = 301
      ctx.redirect(addressOf(offer))
      return
    }
    await showOffer(ctx, services, offer)
  })

  /** Where signing in from a form leads: the form waits in its own tab. */
  router.get('/connecte', myanm.requirePerson, (ctx) => {
    render(ctx, 'job-offers/pages/signed-in.njk')
  })

  return router
}
