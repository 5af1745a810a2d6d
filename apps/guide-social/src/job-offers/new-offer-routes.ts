import { randomUUID } from 'node:crypto'
import Router from '@koa/router'
import { readForm, type Typed, translate } from '@myanm/chassis'
import { decide } from '@myanm/permissions'
import type { Person } from '@myanm/relying-party'
import type { Context } from 'koa'
import { z } from 'zod'
import type { Services } from '../services.ts'
import { createOffer } from './create.ts'
import { addDays, dayOf, formatDay } from './day.ts'
import { type FormPage, showForm, showHeldBack, WISHES } from './form-page.ts'
import { MANY, offerForm } from './forms.ts'
import { readOfferOf } from './read-offer.ts'
import { seeOther } from './redirect.ts'
import { refusalOf } from './refusal.ts'
import { isHeldBack, shortcomingsFor, USUAL_LIFETIME_DAYS } from './rules.ts'
import { addressOf } from './slug.ts'
import { senderOf } from './unsent.ts'

const newOfferForm = offerForm.extend({
  faire: z.enum(WISHES).catch('apercu'),
  /** Made with the form: sent twice, it makes one offer. */
  envoi: z.uuid().catch(() => randomUUID()),
  /** For whom the form was opened: another tab may have changed that since. */
  organisme: z.string().catch(''),
})

export function newOfferRoutes(services: Services): Router {
  const { clock, myanm } = services
  const router = new Router()

  router.get('/publier', (ctx) => seeOther(ctx, '/publier/emploi'))

  router.get('/publier/emploi', myanm.requirePerson, (ctx) => {
    const person = myanm.person(ctx) as Person
    refuseWhoMayNot(person)
    const limite = formatDay(addDays(dayOf(clock.now()), USUAL_LIFETIME_DAYS))
    const typed = { limite, salaire_par: 'month', postes: '1' }
    showForm(ctx, page(typed, person, randomUUID()))
  })

  router.post('/publier/emploi', async (ctx) => {
    const sent = await readForm(ctx, newOfferForm, MANY)
    const { faire, envoi, organisme } = newOfferForm.pick(META).parse(sent.typed)
    const typed = sent.typed
    const sender = await senderOf(ctx, services)
    if (sender.is === 'unknown') {
      const { status, again } = sender
      return showForm(ctx, { ...page(typed, undefined, envoi, organisme), status, again })
    }
    const { person } = sender
    refuseWhoMayNot(person)
    const shown = page(typed, person, envoi)
    if (organisme !== '' && organisme !== person.organisation?.id) {
      return showForm(ctx, { ...shown, status: 409, again: otherContext(ctx, person) })
    }

    const heldBack = isHeldBack(person.actor)
    if (heldBack && faire === 'publier') {
      return showHeldBack(ctx, shown, person.organisation?.name ?? '')
    }

    const { content, mistakes } = readOfferOf(person, typed)
    const today = dayOf(clock.now())
    const shortcomings = shortcomingsFor(
      faire === 'enregistrer' ? 'draft' : 'published',
      content,
      today,
    )
    if (mistakes.size > 0 || shortcomings.size > 0) {
      return showForm(ctx, { ...shown, status: 422, mistakes, shortcomings })
    }
    const as = faire === 'publier' ? 'published' : 'draft'
    const created = await createOffer(services, { person, content, submission: envoi, as })
    if (created.is === 'incomplete') {
      return showForm(ctx, { ...shown, status: 422, shortcomings: created.shortcomings })
    }
    myanm.notify(ctx, 'good', `job-offers.notice.new.${heldBack ? 'held-back' : faire}`)
    seeOther(ctx, addressOf(created.offer))
  })

  return router
}

const META = { faire: true, envoi: true, organisme: true } as const

/** Who may not publish may not write either, but for an organisation that is still to be checked. */
function refuseWhoMayNot(person: Person): void {
  const decision = decide(person.actor, 'ad.emploi.publish', { state: 'draft' })
  if (!decision.allowed) throw refusalOf(decision, person, 'publish')
}

function page(
  typed: Typed,
  person: Person | undefined,
  envoi: string,
  organisme = person?.organisation?.id ?? '',
): FormPage {
  return {
    status: 200,
    action: '/publier/emploi',
    standing: null,
    typed,
    hidden: { envoi, organisme },
    ...(person && isHeldBack(person.actor) && { draftsOnly: true }),
    back: '/mes-annonces',
  }
}

function otherContext(ctx: Context, { organisation }: Person) {
  return {
    heading: translate(ctx, 'job-offers.form.not-saved'),
    text: translate(ctx, 'job-offers.form.other-context', {
      organisation: organisation?.name ?? '',
    }),
  }
}
