import type Router from '@koa/router'
import { clientAddress, readForm, render, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import {
  askForPasskey,
  chosenWay,
  type Factor,
  type FactorOutcome,
  hasAny,
  type SecondFactors,
  secondFactorsOf,
  trySecondFactor,
  waysOf,
} from '#authenticators'
import { provenOf } from '#credentials'
import { isDue, type Journey, journeyOf, owingOf, type SignedIn } from '#journeys'
import { pathOf } from '#rules/journeys'
import { sealReturn } from '#rules/visits'
import { continueSignIn } from './continue-sign-in.ts'
import { secondFactorForm } from './forms.ts'
import type { InteractionNeeds } from './needs.ts'
import { nameOf, WAYS, type WayName } from './rules.ts'
import { entranceFor } from './who-is-asked.ts'

/** The third step, for whoever set one up, or when a site asks for more than a password. */
export function secondFactorRoutes(router: Router, needs: InteractionNeeds): void {
  const { engine, db } = needs

  /** Who is in front of this step; null after having sent the others where they belong. */
  const comer = async (ctx: Context, journey: Journey): Promise<SignedIn | null> => {
    if (!isDue(ctx, journey, 'identifier')) return null
    const person = owingOf(journey, new Date()) ?? (await alreadyIn(ctx, needs, journey))
    if (person) return person
    ctx.status = 303
    ctx.redirect(pathOf('identifier', journey.uid))
    return null
  }

  router.get('/connexion/:uid/second-facteur', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    const person = await comer(ctx, journey)
    if (!person) return
    const factors = await secondFactorsOf(db, person.account)
    if (!hasAny(factors)) return goWithout(ctx, needs, journey)
    const chosen = WAYS[String(ctx.query['moyen']) as WayName] as Factor | undefined
    await show(ctx, needs, { journey, person, factors, chosen })
  })

  router.post('/connexion/:uid/second-facteur', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    const person = await comer(ctx, journey)
    if (!person) return
    const form = await readForm(ctx, secondFactorForm)
    const factors = await secondFactorsOf(db, person.account)
    if (!hasAny(factors)) return goWithout(ctx, needs, journey)
    const given = form.ok ? (form.values.reponse ?? form.values.code ?? '') : ''
    if (!form.ok || given === '') {
      const chosen = form.ok ? WAYS[form.values.moyen] : undefined
      const mistake = translate(ctx, 'interactions.second-factor.missing')
      return show(ctx, needs, { journey, person, factors, chosen, mistake })
    }
    const way = WAYS[form.values.moyen]
    const outcome = await trySecondFactor(needs, {
      account: person.account,
      way,
      given,
      place: `journey:${journey.uid}`,
      address: clientAddress(ctx),
      client: journey.site.clientId,
      now: new Date(),
    })
    if (!outcome.right) {
      const mistake = mistakeOf(ctx, way, outcome)
      await show(ctx, needs, { journey, person, factors, chosen: way, mistake })
      if (outcome.because === 'locked') ctx.status = 429
      return
    }
    const proven = await provenOf(needs, person.account)
    const amr = [...new Set([...person.amr, ...outcome.amr])]
    const mayGoOn =
      proven !== null &&
      (await continueSignIn(ctx, needs, { journey, person: { ...person, amr }, proven }))
    if (!mayGoOn) ctx.redirect(pathOf('identifier', journey.uid))
  })

  router.get('/connexion/:uid/second-facteur/perdu', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    const person = await comer(ctx, journey)
    if (!person) return
    const { recoveryCodes } = await secondFactorsOf(db, person.account)
    render(ctx, 'interactions/pages/second-factor-lost.njk', {
      uid: journey.uid,
      asking: journey.site,
      hasCodes: recoveryCodes > 0,
    })
  })
}

/**
 * Somebody who is signed in with a recent password, at a site that asks for more: only the second factor
 * is missing. What they proved first keeps its time.
 */
async function alreadyIn(
  ctx: Context,
  needs: InteractionNeeds,
  journey: Journey,
): Promise<SignedIn | null> {
  const { entrance, asked } = await entranceFor(ctx, needs, journey)
  if (entrance !== 'second-factor' || !asked) return null
  const { account, amr, since } = asked
  return { account, amr, remember: true, ts: since }
}

async function show(
  ctx: Context,
  needs: InteractionNeeds,
  shown: {
    readonly journey: Journey
    readonly person: SignedIn
    readonly factors: SecondFactors
    readonly chosen: Factor | undefined
    readonly mistake?: string
  },
): Promise<void> {
  const { journey, person, factors, chosen, mistake = null } = shown
  const ways = waysOf(factors)
  const way = chosenWay(ways, chosen) ?? 'application'
  const place = `journey:${journey.uid}` as const
  if (mistake !== null) ctx.status = 422
  render(ctx, 'interactions/pages/second-factor.njk', {
    uid: journey.uid,
    asking: journey.site,
    way: nameOf(way),
    others: ways.filter((other) => other !== way).map(nameOf),
    passkey:
      way === 'passkey' &&
      JSON.stringify(
        await askForPasskey(needs, { place, account: person.account, now: new Date() }),
      ),
    mistake,
  })
}

/** Taken away since the password was given: then it begins anew. Never there: a page says what to do. */
function goWithout(ctx: Context, needs: InteractionNeeds, journey: Journey): void {
  if (owingOf(journey, new Date()) === null) return showMissing(ctx, needs, journey)
  ctx.status = 303
  ctx.redirect(pathOf('identifier', journey.uid))
}

/** The site asks for a second factor and there is none: where to set one up, and back here. */
function showMissing(ctx: Context, { config }: InteractionNeeds, journey: Journey): void {
  const request = new URLSearchParams(
    Object.entries(journey.interaction.params).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
  const back = sealReturn(`/authorize?${request}`, config.COOKIE_KEY.reveal())
  render(ctx, 'interactions/pages/second-factor-missing.njk', {
    uid: journey.uid,
    asking: journey.site,
    setUp: `/compte/securite?suite=${back}`,
  })
}

type Wrong = Extract<FactorOutcome, { right: false }>

function mistakeOf(ctx: Context, way: Factor, outcome: Wrong): string {
  switch (outcome.because) {
    case 'locked':
      ctx.set('Retry-After', String(outcome.minutes * 60))
      return translate(ctx, 'interactions.second-factor.locked', { n: outcome.minutes })
    case 'closed':
      return translate(ctx, 'interactions.second-factor.closed')
    case 'wrong':
      return translate(ctx, `interactions.second-factor.wrong.${nameOf(way)}`)
  }
}
