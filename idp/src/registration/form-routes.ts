import type Router from '@koa/router'
import { clientAddress, readForm } from '@myanm/chassis'
import { findAccount } from '#accounts'
import { isDue, journeyOf } from '#journeys'
import { displayName } from '#rules/accounts'
import { markBrowser } from './browser-mark.ts'
import { showForm, showTooMany } from './form-page.ts'
import { formOf, personOf } from './forms.ts'
import { inStep } from './in-step.ts'
import { mistakesIn } from './mistakes.ts'
import type { RegistrationNeeds } from './needs.ts'
import { keepRegistration, numberOf, registrationOf } from './progress.ts'
import { register } from './register.ts'
import { isProfile, PROFILES, pathsOf, personPath } from './rules.ts'
import { seeOther, show } from './show.ts'
import { stepAfterPerson } from './step-after-person.ts'

/** Choosing a profile, and its form (M7, M17, 4.2.1, 4.2.2). */
export function formRoutes(router: Router, needs: RegistrationNeeds): void {
  const { engine, db } = needs

  /** A site asked for a registration (`prompt=create`); the engine's cookie has this path. */
  router.get('/connexion/:uid', async (ctx, next) => {
    if (ctx.query['inscription'] === undefined) return next()
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return
    const paths = pathsOf(journey.uid)
    const wished = journey.interaction.params['profil']
    // Who is signed in hears about that first.
    const isDirect = isProfile(wished) && !journey.interaction.session?.accountId
    seeOther(ctx, isDirect ? paths.profile(wished) : paths.start)
  })

  router.get('/connexion/:uid/inscription', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return
    const here = journey.interaction.session?.accountId
    const account = here && ctx.query['autre'] === undefined ? await findAccount(db, here) : null
    if (account?.state === 'active') {
      return show(ctx, journey, { page: 'signed-in', name: displayName(account) })
    }
    show(ctx, journey, { page: 'profiles', profiles: PROFILES })
  })

  for (const profile of PROFILES) {
    router.get(`/connexion/:uid/inscription/${personPath(profile)}`, async (ctx) => {
      const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
      if (!isDue(ctx, journey, 'identifier')) return
      await showForm(ctx, needs, { journey, profile, typed: { langue: 'fr' }, errors: {} })
    })

    router.post(`/connexion/:uid/inscription/${personPath(profile)}`, async (ctx) => {
      const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
      if (!isDue(ctx, journey, 'identifier')) return
      const schema = formOf(profile)
      const form = await readForm(ctx, schema, ['newsletters'])
      const { typed } = form
      const errors = mistakesIn(form, Object.keys(schema.shape))
      if (!form.ok || Object.keys(errors).length > 0) {
        return showForm(ctx, needs, { journey, profile, typed, errors })
      }
      const minutes = await needs.limits.take(clientAddress(ctx))
      if (minutes !== null) return showTooMany(ctx, needs, { journey, profile, typed, minutes })

      const done = await inStep(() =>
        register(needs, {
          person: personOf(profile, form.values),
          email: form.values.email,
          password: form.values.mot_de_passe,
          client: journey.site.clientId,
          newsletters: form.values.newsletters,
          journey: journey.uid,
          previous: registrationOf(journey),
          now: new Date(),
        }),
      )
      if (!done.registered) {
        const errors = { login: 'registration.login.taken' }
        return showForm(ctx, needs, { journey, profile, typed, errors })
      }
      const next = await stepAfterPerson(db, {
        journey,
        registration: done.registration,
        number: profile === 'organisme' ? numberOf(journey) : null,
      })
      await keepRegistration(journey, done.registration)
      markBrowser(ctx, needs.config, journey.uid)
      seeOther(ctx, next)
    })
  }
}
