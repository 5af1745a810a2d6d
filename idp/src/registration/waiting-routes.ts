import type Router from '@koa/router'
import { clientAddress, readForm } from '@myanm/chassis'
import type { Context } from 'koa'
import { findAccount } from '#accounts'
import { isDue, type Journey, journeyOf } from '#journeys'
import { findOrganisation } from '#organisations'
import { checkCode } from '#proofs'
import { pathOf } from '#rules/journeys'
import { markBrowser } from './browser-mark.ts'
import { confirm } from './confirm.ts'
import { enter } from './enter.ts'
import { addressForm, codeForm } from './forms.ts'
import { inStep } from './in-step.ts'
import type { RegistrationNeeds } from './needs.ts'
import { findDraft } from './organisation-draft-store.ts'
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

  /** What is left to do for the organisation they came for; null when nothing is. */
  async function stepLeftOpen(account: string, { uid }: Journey): Promise<string | null> {
    const draft = await findDraft(db, { account })
    if (!draft) return null
    const { join, data, check } = pathsOf(uid).organisation
    if (await findOrganisation(db, { bce: draft.bce })) return join
    return draft.told ? check : data
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
    if (done.keepsLogin && done.organisation !== 'left-open') {
      return enter(ctx, needs, { journey, account: waiting.account })
    }
    await keepConfirmed(engine, journey.uid, { account: waiting.account, now })
    seeOther(ctx, `${pathsOf(journey.uid).end}${done.keepsLogin ? '' : '?login=pris'}`)
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
    const step =
      ctx.query['organisme'] === 'plus-tard' ? null : await stepLeftOpen(account, journey)
    if (step !== null) return seeOther(ctx, step)
    await enter(ctx, needs, { journey, account })
  })
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
  const { registration } = waiting
  const draft = registration && (await findDraft(db, { registration: registration.id }))
  const isHere = draft && (await findOrganisation(db, { bce: draft.bce })) !== undefined
  if (mistake) ctx.status = 422
  show(ctx, journey, {
    page: 'waiting',
    email: waiting.email,
    isOwn: waiting.isOwn,
    organisation: draft ? (isHere ? 'known' : draft.sent_at ? 'sent' : 'left-open') : null,
    fate: fate ? (FATES[fate.state] ?? 'not-delivered') : null,
    again: AGAIN[String(ctx.query['renvoi'])] ?? null,
    form: { errors: mistake ? { code: mistake } : {} },
  })
}
