import type Router from '@koa/router'
import { clientAddress, readForm, render, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { findByIdentifier } from '#accounts'
import { askForPasskey } from '#authenticators'
import { isDue, type Journey, journeyOf, keepIdentifier, readIdentifier } from '#journeys'
import { beginFirstSignIn } from '#recovery'
import { pathOf, registrationPath } from '#rules/journeys'
import { identifierForm } from './forms.ts'
import type { InteractionNeeds } from './needs.ts'
import { entranceFor } from './who-is-asked.ts'

/** The first step: who is it? Nothing typed here tells who has an account, but for an old one (M57). */
export function identifierRoutes(router: Router, needs: InteractionNeeds): void {
  const { engine } = needs
  const publicUrl = needs.config.PUBLIC_URL

  router.get('/connexion/:uid', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return
    if (ctx.query['inscription'] !== undefined) {
      ctx.status = 303
      return ctx.redirect(registrationPath(journey.uid))
    }
    const typed = readIdentifier(ctx, publicUrl)
    if (typed === undefined && ctx.query['autre'] === undefined) {
      const { entrance } = await entranceFor(ctx, needs, journey)
      if (entrance !== 'identifier') {
        ctx.status = 303
        return ctx.redirect(pathOf(entrance, journey.uid))
      }
    }
    const hint = journey.interaction.params['login_hint']
    const shown = typed ?? (typeof hint === 'string' ? hint : '')
    await showIdentifier(ctx, needs, { journey, typed: { identifiant: shown }, errors: {} })
  })

  router.post('/connexion/:uid', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return
    const form = await readForm(ctx, identifierForm)
    if (!form.ok) return showIdentifier(ctx, needs, { journey, ...form })
    const { identifiant } = form.values
    keepIdentifier(ctx, { uid: journey.uid, publicUrl }, identifiant)
    const isOld = await isOldLogin(ctx, needs, { journey, identifiant })
    ctx.status = 303
    ctx.redirect(
      isOld ? `/connexion/${journey.uid}/premiere-connexion` : pathOf('password', journey.uid),
    )
  })
}

/**
 * Whether this is the login of an account carried over from before MyANM, whose mail leaves now (M57).
 * That it is one shows: so one address finds a few of them only, and then none (D7).
 */
async function isOldLogin(
  ctx: Context,
  needs: InteractionNeeds,
  { journey, identifiant }: { journey: Journey; identifiant: string },
): Promise<boolean> {
  const known = await findByIdentifier(needs.db, identifiant)
  if (known?.state !== 'legacy') return false
  const verdict = await needs.attempts.beginOldLogin(clientAddress(ctx))
  if (!verdict.allowed) return false
  await beginFirstSignIn(needs, { account: known.id, client: journey.site.clientId })
  return true
}

/** @param shown.mistake what is wrong with a passkey, already in the person's language */
export async function showIdentifier(
  ctx: Context,
  needs: InteractionNeeds,
  shown: {
    readonly journey: Journey
    readonly typed: Readonly<Record<string, unknown>>
    readonly errors: Readonly<Record<string, string>>
    readonly mistake?: string
  },
): Promise<void> {
  const { journey, typed, errors, mistake = null } = shown
  if (mistake !== null || Object.keys(errors).length > 0) ctx.status = 422
  render(ctx, 'interactions/pages/identifier.njk', {
    uid: journey.uid,
    asking: journey.site,
    form: { typed, errors },
    mistake,
    passkey: await passkeyOf(needs, journey),
  })
}

/** What a browser that knows passkeys is asked; the same for everybody. */
export async function passkeyOf(needs: InteractionNeeds, { uid }: Journey): Promise<string> {
  const asked = { place: `journey:${uid}`, account: null, now: new Date() } as const
  return JSON.stringify(await askForPasskey(needs, asked))
}

/** « Trop de tentatives »: how long to wait, for people and for programs. */
export function sayLocked(ctx: Context, minutes: number): string {
  ctx.set('Retry-After', String(minutes * 60))
  return translate(ctx, 'interactions.locked', { n: minutes })
}
