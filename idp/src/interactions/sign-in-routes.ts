import type Router from '@koa/router'
import { clientAddress, readForm, render, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { type SignInOutcome, signIn } from '#credentials'
import {
  completeSignIn,
  isDue,
  type Journey,
  journeyOf,
  keepIdentifier,
  readIdentifier,
} from '#journeys'
import { pathOf } from '#rules/journeys'
import { identifierForm, passwordForm } from './forms.ts'
import type { InteractionNeeds } from './needs.ts'

export function signInRoutes(router: Router, needs: InteractionNeeds): void {
  const { engine } = needs
  const publicUrl = needs.config.PUBLIC_URL

  router.get('/connexion/:uid', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return
    const hint = journey.interaction.params['login_hint']
    const typed = readIdentifier(ctx, publicUrl) ?? (typeof hint === 'string' ? hint : '')
    showIdentifier(ctx, journey, { typed: { identifiant: typed }, errors: {} })
  })

  router.post('/connexion/:uid', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return
    const form = await readForm(ctx, identifierForm)
    if (!form.ok) return showIdentifier(ctx, journey, form)
    keepIdentifier(ctx, { uid: journey.uid, publicUrl }, form.values.identifiant)
    ctx.status = 303
    ctx.redirect(pathOf('password', journey.uid))
  })

  router.get('/connexion/:uid/mot-de-passe', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return
    const identifier = readIdentifier(ctx, publicUrl)
    if (!identifier) return ctx.redirect(pathOf('identifier', journey.uid))
    showPassword(ctx, journey, { identifier, mistake: null })
  })

  router.post('/connexion/:uid/mot-de-passe', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return
    const identifier = readIdentifier(ctx, publicUrl)
    if (!identifier) return ctx.redirect(pathOf('identifier', journey.uid))
    const form = await readForm(ctx, passwordForm)
    if (!form.ok) {
      const mistake = translate(ctx, form.errors['mot_de_passe'] ?? 'interactions.mismatch')
      return showPassword(ctx, journey, { identifier, mistake })
    }

    const outcome = await signIn(needs, {
      identifier,
      password: form.values.mot_de_passe,
      address: clientAddress(ctx),
      client: journey.site.clientId,
    })
    if (!outcome.signedIn) return showRefusal(ctx, journey, { identifier, outcome })

    await completeSignIn(ctx, needs, {
      journey,
      person: {
        account: outcome.account,
        remember: form.values.rester_connecte === 'oui',
        amr: ['pwd'],
      },
    })
  })
}

function showIdentifier(
  ctx: Context,
  { uid, site }: Journey,
  form: { typed: Readonly<Record<string, unknown>>; errors: Readonly<Record<string, string>> },
): void {
  if (Object.keys(form.errors).length > 0) ctx.status = 422
  render(ctx, 'interactions/pages/identifier.njk', { uid, asking: site, form })
}

/** @param mistake what is wrong with the password, already in the person's language */
function showPassword(
  ctx: Context,
  { uid, site }: Journey,
  shown: { identifier: string; mistake: string | null },
): void {
  if (shown.mistake) ctx.status = 422
  render(ctx, 'interactions/pages/password.njk', { uid, asking: site, ...shown })
}

type Refused = Extract<SignInOutcome, { signedIn: false }>

/** Unknown and wrong are one answer (E01); a state is told only to whoever knows the password. */
function showRefusal(
  ctx: Context,
  journey: Journey,
  { identifier, outcome }: { identifier: string; outcome: Refused },
): void {
  const minutes = outcome.because === 'locked' ? outcome.minutes : 0
  const mistake = translate(ctx, REFUSALS[outcome.because], { n: minutes })
  showPassword(ctx, journey, { identifier, mistake })
  if (outcome.because === 'locked') {
    ctx.status = 429
    ctx.set('Retry-After', String(minutes * 60))
  }
}

const REFUSALS = {
  mismatch: 'interactions.mismatch',
  unusable: 'interactions.mismatch',
  unconfirmed: 'interactions.unconfirmed',
  suspended: 'interactions.suspended',
  locked: 'interactions.locked',
} as const
