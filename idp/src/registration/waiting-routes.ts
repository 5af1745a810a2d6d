import type Router from '@koa/router'
import { clientAddress, readForm } from '@myanm/chassis'
import type { Context } from 'koa'
import { findAccount } from '#accounts'
import { completeSignIn, isDue, type Journey, journeyOf } from '#journeys'
import { checkCode } from '#proofs'
import { pathOf } from '#rules/journeys'
import { markBrowser } from './browser-mark.ts'
import { confirm } from './confirm.ts'
import { addressForm, codeForm } from './forms.ts'
import { inStep } from './in-step.ts'
import type { RegistrationNeeds } from './needs.ts'
import { confirmedOf, keepConfirmed } from './progress.ts'
import { correctAddress } from './register.ts'
import { pathsOf } from './rules.ts'
import { sendAccountAgain, sendAgain } from './send-again.ts'
import { seeOther, show } from './show.ts'
import { fateOf } from './store.ts'
import { proofOf, type Waiting, whoWaits } from './who-waits.ts'

/** Waiting for the mail: where it is, its code, another one, another address (M48, M49, E03). */
export function waitingRoutes(router: Router, needs: RegistrationNeeds): void {
  const { engine, db } = needs

  /** The journey and who waits on it; undefined once the visitor was sent elsewhere. */
  async function waitingHere(ctx: Context) {
    const { uid } = ctx['params'] as { uid?: string }
    const journey = await journeyOf(ctx, engine, uid ?? '')
    if (!isDue(ctx, journey, 'identifier')) return undefined
    const now = new Date()
    const waiting = await whoWaits(needs, { journey, now })
    if (waiting) return { journey, waiting, now }
    if (confirmedOf(journey, now)) seeOther(ctx, pathsOf(journey.uid).end)
    else show(ctx, journey, { page: 'nobody-waits', signInPath: pathOf('identifier', journey.uid) })
    return undefined
  }

  router.get('/connexion/:uid/inscription/confirmez', async (ctx) => {
    const here = await waitingHere(ctx)
    if (here) await showWaiting(ctx, needs, { ...here, mistake: null })
  })

  router.post('/connexion/:uid/inscription/confirmez', async (ctx) => {
    const here = await waitingHere(ctx)
    if (!here) return
    const { journey, waiting, now } = here
    const form = await readForm(ctx, codeForm)
    if (!form.ok) {
      const mistake = form.errors['code'] ?? 'registration.code.wrong'
      return showWaiting(ctx, needs, { ...here, mistake })
    }
    const answer = await checkCode(needs, { name: proofOf(waiting), typed: form.values.code, now })
    const done = answer.right ? await confirm(needs, { proof: answer.proof, now }) : null
    // Spent tries and a code of nobody's are one answer: of which it is, the next mail knows.
    if (!done?.confirmed) {
      return showWaiting(ctx, needs, { ...here, mistake: 'registration.code.wrong' })
    }
    if (done.keepsLogin) return enter(ctx, needs, { journey, account: waiting.account })
    await keepConfirmed(engine, journey.uid, { account: waiting.account, now })
    seeOther(ctx, `${pathsOf(journey.uid).end}?login=pris`)
  })

  router.post('/connexion/:uid/inscription/renvoyer', async (ctx) => {
    const here = await waitingHere(ctx)
    if (!here) return
    const { journey, waiting, now } = here
    const { email, registration, account } = waiting
    const isLimited = (await needs.limits.take(clientAddress(ctx))) !== null
    if (isLimited) return seeOther(ctx, `${pathsOf(journey.uid).waiting}?renvoi=limite`)
    const isSent = await inStep(() =>
      registration
        ? sendAgain(needs, { registration: registration.id, email, now })
        : sendAccountAgain(needs, { account, email, now }),
    )
    seeOther(ctx, `${pathsOf(journey.uid).waiting}?renvoi=${isSent ? 'fait' : 'attente'}`)
  })

  router.get('/connexion/:uid/inscription/adresse', async (ctx) => {
    const here = await waitingHere(ctx)
    if (!here) return
    const { journey, waiting } = here
    if (!waiting.isOwn) return seeOther(ctx, pathsOf(journey.uid).waiting)
    show(ctx, journey, { page: 'address', form: { typed: { email: waiting.email }, errors: {} } })
  })

  router.post('/connexion/:uid/inscription/adresse', async (ctx) => {
    const here = await waitingHere(ctx)
    if (!here) return
    const { journey, waiting, now } = here
    const paths = pathsOf(journey.uid)
    if (!waiting.isOwn || !waiting.registration) return seeOther(ctx, paths.waiting)
    const form = await readForm(ctx, addressForm)
    if (!form.ok) {
      ctx.status = 422
      return show(ctx, journey, { page: 'address', form })
    }
    if ((await needs.limits.take(clientAddress(ctx))) !== null) {
      return seeOther(ctx, `${paths.waiting}?renvoi=limite`)
    }
    const { id } = waiting.registration
    const { email } = form.values
    await inStep(() =>
      correctAddress(needs, { registration: id, email, journey: journey.uid, now }),
    )
    markBrowser(ctx, needs.config, journey.uid)
    seeOther(ctx, paths.waiting)
  })

  /** From the link of the mail, in the browser that registered: signed in, and back to the site. */
  router.get('/connexion/:uid/inscription/suite', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    const account = confirmedOf(journey, new Date())
    const known = account ? await findAccount(db, account) : undefined
    if (!account || known?.state !== 'active') {
      return seeOther(ctx, pathsOf(journey.uid).waiting)
    }
    if (ctx.query['login'] === 'pris') return show(ctx, journey, { page: 'login-lost' })
    await enter(ctx, needs, { journey, account })
  })
}

/** The password was chosen, or given, on this journey; the mailbox is proven. */
function enter(
  ctx: Context,
  needs: RegistrationNeeds,
  { journey, account }: { readonly journey: Journey; readonly account: string },
): Promise<void> {
  return completeSignIn(ctx, needs, { journey, person: { account, amr: ['pwd'], remember: false } })
}

/** What became of a wish for another mail. */
const AGAIN: Readonly<Record<string, string>> = { fait: 'done', attente: 'wait', limite: 'limited' }

/** What became of a mail, as a person is told: the post office's own words say too much. */
const FATES: Readonly<Record<string, string>> = { queued: 'queued', sent: 'sent', needless: 'sent' }

async function showWaiting(
  ctx: Context,
  { db }: RegistrationNeeds,
  shown: { readonly journey: Journey; readonly waiting: Waiting; readonly mistake: string | null },
): Promise<void> {
  const { journey, waiting, mistake } = shown
  const letter = waiting.registration?.letter_id
  const fate = letter ? await fateOf(db, letter) : undefined
  if (mistake) ctx.status = 422
  show(ctx, journey, {
    page: 'waiting',
    email: waiting.email,
    isOwn: waiting.isOwn,
    fate: fate ? (FATES[fate.state] ?? 'not-delivered') : null,
    again: AGAIN[String(ctx.query['renvoi'])] ?? null,
    form: { errors: mistake ? { code: mistake } : {} },
  })
}
