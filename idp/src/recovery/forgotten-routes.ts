import type Router from '@koa/router'
import { clientAddress, readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { findByIdentifier } from '#accounts'
import { enqueue } from '#jobs'
import { addressRange } from '#rules/credentials'
import { enterCode } from './code-entry.ts'
import { codeForm, forgottenForm } from './forms.ts'
import { type KeptRequest, keepRequest, readRequest } from './kept-request.ts'
import { recoveryLimits } from './limits.ts'
import { findJourney } from './live-journey.ts'
import type { RecoveryNeeds } from './needs.ts'
import { isTooSoon, readJourneyName } from './rules.ts'

const FORGOTTEN = '/mot-de-passe/oublie'
const SENT = '/mot-de-passe/oublie/envoye'

/** « Mot de passe oublié » (M59): the same answer for everybody, then the code or the mail's link. */
export function forgottenRoutes(router: Router, needs: RecoveryNeeds): void {
  const { db, engine, secrets } = needs
  const publicUrl = needs.config.PUBLIC_URL
  const limits = recoveryLimits(needs)

  router.get(FORGOTTEN, (ctx) => {
    const kept = readRequest(ctx, publicUrl)
    const journey = readJourneyName(ctx.query['etape']) ?? kept?.journey
    ask(ctx, { typed: { identifiant: kept?.typed ?? '' }, errors: {}, journey })
  })

  router.post(FORGOTTEN, async (ctx) => {
    const form = await readForm(ctx, forgottenForm)
    const journey = readJourneyName(form.typed['etape'])
    if (!form.ok) return ask(ctx, { ...form, journey })
    const { identifiant: typed } = form.values
    const before = readRequest(ctx, publicUrl)
    const isAgain = before?.typed === typed
    if (before && isAgain && isTooSoon(before.askedAt, Date.now())) {
      return tell(ctx, { ...before, answer: 'soon' })
    }
    const verdict = await limits.asking.take(addressRange(clientAddress(ctx)))
    if (!verdict.allowed) {
      ask(ctx, { ...form, journey, errors: { identifiant: 'recovery.forgotten.too-many' } })
      ctx.status = 429
      return ctx.set('Retry-After', String(verdict.minutes * 60))
    }
    const account = await findByIdentifier(db, typed)
    const client = (await findJourney(engine, journey))?.client
    await enqueue(db, 'send-way-back', { account: account?.id ?? null, client: client ?? null })
    const answer = isAgain ? 'again' : 'sent'
    tell(ctx, { typed, askedAt: Date.now(), answer, journey, client })
  })

  router.get(SENT, (ctx) => {
    const kept = readRequest(ctx, publicUrl)
    if (kept && kept.answer !== 'changed') return showSent(ctx, kept, {})
    ctx.status = 303
    ctx.redirect(FORGOTTEN)
  })

  router.post(SENT, async (ctx) => {
    const kept = readRequest(ctx, publicUrl)
    if (!kept) return ctx.redirect(FORGOTTEN)
    const form = await readForm(ctx, codeForm)
    if (!form.ok) return showSent(ctx, kept, form.errors)
    const entry = await enterCode(
      { ...needs, limits },
      { identifier: kept.typed, code: form.values.code },
    )
    if (entry.right) {
      ctx.status = 303
      return ctx.redirect(`/mot-de-passe/${secrets.tokenOf(entry.proof.id)}`)
    }
    showSent(ctx, kept, { code: `recovery.code.${entry.because}` })
    if (entry.because === 'too-many') {
      ctx.status = 429
      ctx.set('Retry-After', String(entry.minutes * 60))
    }
  })

  function tell(ctx: Context, kept: KeptRequest): void {
    keepRequest(ctx, publicUrl, kept)
    ctx.status = 303
    ctx.redirect(SENT)
  }
}

function ask(
  ctx: Context,
  shown: {
    readonly typed: Readonly<Record<string, unknown>>
    readonly errors: Readonly<Record<string, string>>
    readonly journey: string | undefined
  },
): void {
  const { journey, ...form } = shown
  if (Object.keys(form.errors).length > 0) ctx.status = 422
  render(ctx, 'recovery/pages/forgotten.njk', { form, journey })
}

function showSent(ctx: Context, kept: KeptRequest, errors: Readonly<Record<string, string>>): void {
  if (Object.keys(errors).length > 0) ctx.status = 422
  render(ctx, 'recovery/pages/sent.njk', { kept, form: { errors } })
}
