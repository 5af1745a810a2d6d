import Router from '@koa/router'
import { Problem, readForm, type Translate, type Typed, translate } from '@myanm/chassis'
import { colleaguesOf, type Person } from '@myanm/relying-party'
import type { Context } from 'koa'
import { z } from 'zod'
import type { Services } from '../services.ts'
import { offerNumber } from './address.ts'
import type { Outcome } from './change.ts'
import { dayOf } from './day.ts'
import { editOffer, stateToBe } from './edit.ts'
import { type FormPage, type FormWish, showForm, showHeldBack, WISHES } from './form-page.ts'
import { canonical, MANY, offerForm, typedOf } from './forms.ts'
import { getOfferFor } from './load.ts'
import { mergeEdits } from './merge.ts'
import { nameFor } from './offer-page.ts'
import { offerProblem } from './problems.ts'
import { readOfferOf } from './read-offer.ts'
import { seeOther } from './redirect.ts'
import type { Offer } from './row.ts'
import { isHeldBack, shortcomingsFor, standingOf } from './rules.ts'
import { addressOf } from './slug.ts'
import { findVersion } from './store.ts'
import { senderOf } from './unsent.ts'

const editForm = offerForm.extend({
  faire: z.enum(WISHES).catch('enregistrer'),
  version: z.coerce.number().int().min(1).max(2_000_000_000).catch(0),
})

const META = { faire: true, version: true } as const

export function editRoutes(services: Services): Router {
  const { clock, myanm } = services
  const router = new Router()

  router.get('/emplois/:address/modifier', myanm.requirePerson, async (ctx) => {
    const person = myanm.person(ctx) as Person
    const offer = await getOfferFor(services, { person, number: offerNumber(ctx) }, 'edit')
    if (offer.state === 'deleted') return seeOther(ctx, addressOf(offer))
    showForm(ctx, pageOf(offer, { typed: typedOf(offer.content), now: clock.now(), person }))
  })

  router.post('/emplois/:address/modifier', async (ctx) => {
    const number = offerNumber(ctx)
    const { typed } = await readForm(ctx, editForm, MANY)
    const { faire, version } = editForm.pick(META).parse(typed)
    const sender = await senderOf(ctx, services)
    if (sender.is === 'unknown') {
      // Nothing is looked up for somebody unknown: the form goes back as it came.
      const { status, again } = sender
      return showForm(ctx, { ...blindPage(ctx, typed, version), status, again })
    }
    const { person } = sender
    const now = clock.now()
    const offer = await getOfferFor(services, { person, number }, 'edit')
    const page = { ...pageOf(offer, { typed, now, person }), hidden: { version: String(version) } }
    const heldBack = isHeldBack(person.actor)
    if (heldBack && faire === 'publier') {
      return showHeldBack(ctx, page, person.organisation?.name ?? '')
    }

    const { content, mistakes } = readOfferOf(person, typed, offer)
    const intent = faire === 'publier' ? 'publish' : 'keep'
    const state = faire === 'enregistrer' ? stateToBe(offer, intent, now) : 'published'
    const shortcomings = shortcomingsFor(state, content, dayOf(now))
    if (mistakes.size > 0 || shortcomings.size > 0) {
      return showForm(ctx, { ...page, status: 422, mistakes, shortcomings })
    }

    const wish = { person, number, version, content, intent } as const
    const outcome = await editOffer(services, wish).catch(movedOn)
    if (outcome.is === 'moved-on') {
      const again = {
        heading: translate(ctx, 'job-offers.form.not-saved'),
        text: translate(ctx, 'problem.offer-moved-on.text'),
      }
      return showForm(ctx, { ...page, status: 409, again })
    }
    if (outcome.is === 'stale') return showClash(ctx, services, { outcome, typed, version, person })
    const wishMade = heldBack ? 'enregistrer' : faire
    myanm.notify(ctx, 'good', noticeAfter(wishMade, outcome.offer))
    seeOther(ctx, addressOf(outcome.offer))
  })

  return router
}

function noticeAfter(faire: FormWish, offer: Offer): string {
  if (faire === 'enregistrer' && offer.state === 'published') return 'job-offers.notice.edit.online'
  return `job-offers.notice.edit.${faire}`
}

function movedOn(error: unknown): { readonly is: 'moved-on' } {
  if (Problem.is(error) && error.code === 'offer-moved-on') return { is: 'moved-on' }
  throw error
}

/**
 * Two people edited at once (E40): the form keeps what this one typed, takes over what only the other
 * changed, and shows the other's text wherever both wrote. Saving again is then a choice made in
 * full sight.
 */
async function showClash(
  ctx: Context,
  services: Services,
  clash: {
    outcome: Extract<Outcome, { is: 'stale' }>
    typed: Typed
    version: number
    person: Person
  },
): Promise<void> {
  const { outcome, typed, version, person } = clash
  const { current, last } = outcome
  const t: Translate = (key, values) => translate(ctx, key, values)
  const team = await colleaguesOf(ctx, services.myanm, [last.bySub])
  const by = nameFor(t, { sub: last.bySub, team, person })
  if (ctx.accepts('html', 'json') === 'json') {
    throw offerProblem('offer-changed', { values: { name: by } })
  }
  const base = await findVersion(services.db, { id: current.id, version })
  const merged = mergeEdits({
    base: base ? typedOf(base.content) : {},
    typed: canonical(typed),
    current: typedOf(current.content),
  })
  const page = pageOf(current, { typed: merged.typed, now: services.clock.now(), person })
  const adopted = merged.adopted.map((field) => t(`job-offers.field.${field}`)).join(', ')
  showForm(ctx, {
    ...page,
    status: 409,
    again: {
      heading: t('problem.offer-changed.text', { name: by }),
      text: t('job-offers.form.clash', {
        name: by,
        clashes: merged.clashes.length,
        adopted: adopted === '' ? 'none' : adopted,
      }),
      link: { text: t('job-offers.form.reload'), href: `${addressOf(current)}/modifier` },
    },
    clash: { by, fields: merged.clashes },
  })
}

function pageOf(offer: Offer, shown: { typed: Typed; now: Date; person: Person }): FormPage {
  const standing = standingOf(
    { state: offer.state, endsOn: offer.content.endsOn },
    dayOf(shown.now),
  )
  return {
    status: 200,
    action: `${addressOf(offer)}/modifier`,
    standing,
    typed: shown.typed,
    hidden: { version: String(offer.version) },
    ...(offer.publishedAt !== null && { functionIsFixed: true }),
    ...(isHeldBack(shown.person.actor) && { draftsOnly: true }),
    back: addressOf(offer),
  }
}

function blindPage(ctx: Context, typed: Typed, version: number): FormPage {
  return {
    status: 200,
    action: ctx.path,
    standing: 'draft',
    typed,
    hidden: { version: String(version) },
    back: '/mes-annonces',
  }
}
