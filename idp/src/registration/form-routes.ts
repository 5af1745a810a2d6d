import type Router from '@koa/router'
import { clientAddress, type FormResult, readForm, render, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { findAccount } from '#accounts'
import { isDue, type Journey, journeyOf } from '#journeys'
import { displayName } from '#rules/accounts'
import { markBrowser } from './browser-mark.ts'
import { formOf, personOf } from './forms.ts'
import { inStep } from './in-step.ts'
import { mistakesIn } from './mistakes.ts'
import type { RegistrationNeeds } from './needs.ts'
import { keepRegistration, registrationOf } from './progress.ts'
import { register } from './register.ts'
import { isProfile, LANGUAGES, PROFILES, type Profile, pathsOf, VAT_STATUSES } from './rules.ts'

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
    seeOther(ctx, isDirect ? paths.form(wished) : paths.start)
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
    router.get(`/connexion/:uid/inscription/${profile}`, async (ctx) => {
      const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
      if (!isDue(ctx, journey, 'identifier')) return
      showForm(ctx, journey, { profile, form: { typed: { langue: 'fr' }, errors: {} } })
    })

    router.post(`/connexion/:uid/inscription/${profile}`, async (ctx) => {
      const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
      if (!isDue(ctx, journey, 'identifier')) return
      const schema = formOf(profile)
      const form = await readForm(ctx, schema)
      const errors = mistakesIn(form, Object.keys(schema.shape))
      if (!form.ok || Object.keys(errors).length > 0) {
        return showForm(ctx, journey, { profile, form: { typed: form.typed, errors } })
      }
      const minutes = await needs.limits.take(clientAddress(ctx))
      if (minutes !== null) return showTooMany(ctx, journey, { profile, form, minutes })

      const done = await inStep(() =>
        register(needs, {
          person: personOf(profile, form.values),
          email: form.values.email,
          password: form.values.mot_de_passe,
          client: journey.site.clientId,
          journey: journey.uid,
          previous: registrationOf(journey),
          now: new Date(),
        }),
      )
      if (!done.registered) {
        const taken = { login: 'registration.login.taken' }
        return showForm(ctx, journey, { profile, form: { typed: form.typed, errors: taken } })
      }
      await keepRegistration(journey, done.registration)
      markBrowser(ctx, markNeedsOf(needs), journey.uid)
      seeOther(ctx, pathsOf(journey.uid).waiting)
    })
  }
}

export const markNeedsOf = ({ config }: RegistrationNeeds) => ({
  key: config.COOKIE_KEY,
  publicUrl: config.PUBLIC_URL,
})

export function seeOther(ctx: Context, address: string): void {
  ctx.status = 303
  ctx.redirect(address)
}

export function show(
  ctx: Context,
  { uid, site }: Journey,
  { page, ...shown }: { readonly page: string } & Readonly<Record<string, unknown>>,
): void {
  render(ctx, `registration/pages/${page}.njk`, {
    uid,
    asking: site,
    paths: pathsOf(uid),
    ...shown,
  })
}

interface Filled {
  readonly typed: FormResult<unknown>['typed']
  readonly errors: Readonly<Record<string, string>>
}

/** What was typed is all there again, but for the passwords: those do not travel back. */
function showForm(
  ctx: Context,
  journey: Journey,
  {
    profile,
    form,
    ...more
  }: { profile: Profile; form: Filled } & Readonly<Record<string, unknown>>,
): void {
  const { mot_de_passe: _, confirmation: __, ...typed } = form.typed
  const x = String(typed['login'] ?? '').trim()
  const mistakes = Object.entries(form.errors).map(([field, key]) => ({
    field,
    text: translate(ctx, key, { x }),
  }))
  if (mistakes.length > 0) ctx.status = 422
  show(ctx, journey, {
    page: 'form',
    profile,
    form: { typed, errors: form.errors },
    mistakes,
    said: Object.fromEntries(mistakes.map(({ field, text }) => [field, text])),
    languages: LANGUAGES,
    vatStatuses: VAT_STATUSES,
    ...more,
  })
}

/** Too many from one address: nothing is lost, and it says when to go on. */
function showTooMany(
  ctx: Context,
  journey: Journey,
  { profile, form, minutes }: { profile: Profile; form: FormResult<unknown>; minutes: number },
): void {
  showForm(ctx, journey, {
    profile,
    form: { typed: form.typed, errors: {} },
    tooMany: translate(ctx, 'registration.too-many', { n: minutes }),
  })
  ctx.status = 429
  ctx.set('Retry-After', String(minutes * 60))
}
