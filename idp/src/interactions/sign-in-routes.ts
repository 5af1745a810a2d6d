import type Router from '@koa/router'
import { clientAddress, readForm, render, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { knownBrowser, type SignInOutcome, signIn } from '#credentials'
import { isDue, type Journey, journeyOf, readIdentifier } from '#journeys'
import { goToWaiting, waitingHashOf } from '#registration'
import { pathOf } from '#rules/journeys'
import { continueSignIn } from './continue-sign-in.ts'
import { passwordForm } from './forms.ts'
import { passkeyOf, sayLocked } from './identifier-routes.ts'
import type { InteractionNeeds } from './needs.ts'
import { type Asked, personAsked } from './who-is-asked.ts'

/** Whose password is asked for: what was typed at the first step, or who is signed in here. */
interface Whose {
  readonly shownAs: string
  readonly asked: Asked | null
}

/** The second step: the password. */
export function signInRoutes(router: Router, needs: InteractionNeeds): void {
  const { engine } = needs

  const whoseOf = async (ctx: Context, journey: Journey): Promise<Whose | null> => {
    const typed = readIdentifier(ctx, needs.config.PUBLIC_URL)
    if (typed !== undefined) return { shownAs: typed, asked: null }
    const asked = await personAsked(ctx, needs, journey)
    return asked && { shownAs: asked.shownAs, asked }
  }

  router.get('/connexion/:uid/mot-de-passe', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return
    const whose = await whoseOf(ctx, journey)
    if (!whose) return ctx.redirect(pathOf('identifier', journey.uid))
    await showPassword(ctx, needs, { journey, whose })
  })

  router.post('/connexion/:uid/mot-de-passe', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return
    const whose = await whoseOf(ctx, journey)
    if (!whose) return ctx.redirect(pathOf('identifier', journey.uid))
    const form = await readForm(ctx, passwordForm)
    if (!form.ok) {
      const mistake = translate(ctx, form.errors['mot_de_passe'] ?? 'interactions.mismatch')
      return showPassword(ctx, needs, { journey, whose, mistake })
    }

    const { asked, shownAs } = whose
    const outcome = await signIn(needs, {
      whose: asked ? { account: asked.account } : { identifier: shownAs },
      password: form.values.mot_de_passe,
      address: clientAddress(ctx),
      client: journey.site.clientId,
      browserOf: (account) => knownBrowser(ctx, needs.config).nameFor(account),
      waitingHash: (identifier) => waitingHashOf(needs.db, identifier),
    })
    if (!outcome.proven && outcome.because === 'waiting') {
      return goToWaiting(ctx, needs, { journey, identifier: shownAs })
    }
    if (!outcome.proven) return showRefusal(ctx, needs, { journey, whose, outcome })

    const person = {
      account: outcome.person.account,
      amr: ['pwd'],
      // Of somebody who is signed in already, what they chose about staying stays.
      remember: asked !== null || form.values.rester_connecte === 'oui',
    }
    const mayGoOn = await continueSignIn(ctx, needs, { journey, person, proven: outcome.person })
    if (!mayGoOn) {
      const mistake = translate(ctx, 'interactions.mismatch')
      await showPassword(ctx, needs, { journey, whose, mistake })
    }
  })
}

/** @param shown.mistake what is wrong, already in the person's language */
async function showPassword(
  ctx: Context,
  needs: InteractionNeeds,
  shown: {
    readonly journey: Journey
    readonly whose: Whose
    readonly mistake?: string
    /** Waiting is no way forward: a new password is. */
    readonly offersReset?: true
  },
): Promise<void> {
  const { journey, whose, mistake = null, offersReset } = shown
  if (mistake !== null) ctx.status = 422
  render(ctx, 'interactions/pages/password.njk', {
    uid: journey.uid,
    asking: journey.site,
    identifier: whose.shownAs,
    isAskedAgain: whose.asked !== null,
    passkey: whose.asked && (await passkeyOf(needs, journey)),
    mistake,
    offersReset,
  })
}

type Refused = Extract<SignInOutcome, { proven: false }>

/** Unknown and wrong are one answer (E01); a state is told only to whoever knows the password. */
async function showRefusal(
  ctx: Context,
  needs: InteractionNeeds,
  { outcome, ...shown }: { journey: Journey; whose: Whose; outcome: Refused },
): Promise<void> {
  switch (outcome.because) {
    case 'waiting':
    case 'mismatch':
      return showPassword(ctx, needs, {
        ...shown,
        mistake: translate(ctx, 'interactions.mismatch'),
      })
    case 'locked': {
      const mistake = sayLocked(ctx, outcome.minutes)
      await showPassword(ctx, needs, { ...shown, mistake, offersReset: true })
      ctx.status = 429
      return
    }
    case 'closed': {
      const mistake = translate(ctx, 'interactions.closed')
      return showPassword(ctx, needs, { ...shown, mistake, offersReset: true })
    }
  }
}
