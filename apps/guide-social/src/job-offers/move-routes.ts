import { randomUUID } from 'node:crypto'
import Router from '@koa/router'
import { frameProblem, readForm, render, translate } from '@myanm/chassis'
import { colleaguesOf, type Person } from '@myanm/relying-party'
import type { Context } from 'koa'
import { z } from 'zod'
import type { Services } from '../services.ts'
import { offerNumber } from './address.ts'
import type { Outcome, Wish } from './change.ts'
import { dayOf } from './day.ts'
import { duplicateOffer } from './duplicate.ts'
import { showForm } from './form-page.ts'
import { typedOf } from './forms.ts'
import { getOfferFor } from './load.ts'
import { nameFor } from './offer-page.ts'
import { offerProblem } from './problems.ts'
import { publishOffer } from './publish.ts'
import { seeOther } from './redirect.ts'
import { removeOffer } from './remove.ts'
import { restoreOffer } from './restore.ts'
import type { Offer } from './row.ts'
import { RECOVERABLE_DAYS, standingOf } from './rules.ts'
import { addressOf } from './slug.ts'
import { withdrawOffer } from './withdraw.ts'

/** A button of ours carries the version its page showed. */
const buttonForm = z.object({ version: z.coerce.number().int().min(1).max(2_000_000_000) })

const duplicateForm = z.object({ envoi: z.uuid().catch(() => randomUUID()) })

export function moveRoutes(services: Services): Router {
  const { myanm, clock } = services
  const router = new Router()

  router.post('/emplois/:address/publier', async (ctx) => {
    const wish = await wishOf(ctx)
    const outcome = await publishOffer(services, wish)
    if (outcome.is !== 'incomplete') return finish(ctx, outcome, 'published')
    const { offer, shortcomings } = outcome
    showForm(ctx, {
      status: 422,
      action: `${addressOf(offer)}/modifier`,
      standing: standingOf(
        { state: offer.state, endsOn: offer.content.endsOn },
        dayOf(clock.now()),
      ),
      typed: typedOf(offer.content),
      hidden: { version: String(offer.version) },
      ...(offer.publishedAt !== null && { functionIsFixed: true }),
      shortcomings,
      back: addressOf(offer),
    })
  })

  router.post('/emplois/:address/retirer', async (ctx) => {
    await finish(ctx, await withdrawOffer(services, await wishOf(ctx)), 'withdrawn')
  })

  /** Says what deleting means before it happens. */
  router.get('/emplois/:address/supprimer', myanm.requirePerson, async (ctx) => {
    const person = myanm.person(ctx) as Person
    const offer = await getOfferFor(services, { person, number: offerNumber(ctx) }, 'remove')
    if (offer.state === 'deleted') return seeOther(ctx, addressOf(offer))
    render(ctx, 'job-offers/pages/removal.njk', {
      offer,
      address: addressOf(offer),
      isOnline: offer.state === 'published',
      isMine: offer.authorSub === person.sub,
      author: nameFor((key) => translate(ctx, key), {
        sub: offer.authorSub,
        team: await colleaguesOf(ctx, myanm, [offer.authorSub]),
        person,
      }),
      days: RECOVERABLE_DAYS,
    })
  })

  router.post('/emplois/:address/supprimer', async (ctx) => {
    await finish(ctx, await removeOffer(services, await wishOf(ctx)), 'deleted')
  })

  router.post('/emplois/:address/retablir', async (ctx) => {
    await finish(ctx, await restoreOffer(services, await wishOf(ctx)), 'restored')
  })

  router.post('/emplois/:address/dupliquer', async (ctx) => {
    const number = offerNumber(ctx)
    const { typed } = await readForm(ctx, duplicateForm)
    const { envoi: submission } = duplicateForm.parse(typed)
    const person = await myanm.freshPerson(ctx)
    const created = await duplicateOffer(services, { person, number, submission })
    if (created.is === 'incomplete') throw new Error('A copy lacks the title of its original')
    myanm.notify(ctx, 'good', 'job-offers.notice.duplicated')
    seeOther(ctx, `${addressOf(created.offer)}/modifier`)
  })

  /** @throws Problem `bad-request` for a button that is not ours; those of `freshPerson` */
  async function wishOf(ctx: Context): Promise<Wish> {
    const number = offerNumber(ctx)
    const form = await readForm(ctx, buttonForm)
    const person = await myanm.freshPerson(ctx)
    if (!form.ok) throw frameProblem('bad-request')
    return { person, number, version: form.values.version }
  }

  async function finish(ctx: Context, outcome: Outcome, what: Done): Promise<void> {
    if (outcome.is === 'stale') throw await changedMeanwhile(ctx, outcome)
    myanm.notify(ctx, 'good', `job-offers.notice.${what}`)
    seeOther(ctx, pageAfter(outcome.offer, what))
  }

  async function changedMeanwhile(ctx: Context, outcome: Extract<Outcome, { is: 'stale' }>) {
    const { current, last } = outcome
    const person = await myanm.freshPerson(ctx)
    const team = await colleaguesOf(ctx, myanm, [last.bySub])
    const name = nameFor((key) => translate(ctx, key), { sub: last.bySub, team, person })
    return offerProblem('offer-changed', {
      values: { name },
      ways: [{ key: 'job-offers.way.reload', href: addressOf(current) }],
    })
  }

  return router
}

type Done = 'published' | 'withdrawn' | 'deleted' | 'restored'

function pageAfter(offer: Offer, what: Done): string {
  return what === 'deleted' ? '/mes-annonces' : addressOf(offer)
}
