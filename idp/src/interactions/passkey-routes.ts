import type Router from '@koa/router'
import { clientAddress, readForm, translate } from '@myanm/chassis'
import { signInWithPasskey } from '#authenticators'
import { provenOf } from '#credentials'
import { isDue, journeyOf } from '#journeys'
import { continueSignIn } from './continue-sign-in.ts'
import { passkeyForm } from './forms.ts'
import { sayLocked, showIdentifier } from './identifier-routes.ts'
import type { InteractionNeeds } from './needs.ts'
import { entranceFor } from './who-is-asked.ts'

/** Signing in with a passkey, from the first page or instead of a password that is asked for again. */
export function passkeyRoutes(router: Router, needs: InteractionNeeds): void {
  router.post('/connexion/:uid/cle', async (ctx) => {
    const journey = await journeyOf(ctx, needs.engine, ctx.params['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return
    const refuse = (mistake: string) =>
      showIdentifier(ctx, needs, { journey, typed: {}, errors: {}, mistake })
    const form = await readForm(ctx, passkeyForm)
    const outcome = await signInWithPasskey(needs, {
      answer: form.ok ? form.values.reponse : '',
      place: `journey:${journey.uid}`,
      address: clientAddress(ctx),
      client: journey.site.clientId,
      now: new Date(),
    })
    if (!outcome.proven && outcome.because === 'locked') {
      await refuse(sayLocked(ctx, outcome.minutes))
      ctx.status = 429
      return
    }
    const proven = outcome.proven ? await provenOf(needs, outcome.account) : null
    if (!outcome.proven || !proven) return refuse(translate(ctx, 'interactions.passkey.refused'))
    const { account, amr } = outcome
    // Of somebody who is signed in already, what they chose about staying stays.
    const { asked } = await entranceFor(ctx, needs, journey)
    const remember = asked?.account === account
    const person = { account, amr, remember }
    const mayGoOn = await continueSignIn(ctx, needs, { journey, person, proven })
    if (!mayGoOn) await refuse(translate(ctx, 'interactions.passkey.refused'))
  })
}
