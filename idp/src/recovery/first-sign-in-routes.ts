import type Router from '@koa/router'
import { clientAddress, readForm, render, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { type Account, findByIdentifier } from '#accounts'
import { type Letterhead, NOBODY, showForm, takeForm } from '#contact'
import { isDue, type Journey, journeyOf, readIdentifier } from '#journeys'
import { listLive } from '#proofs'
import { readReference } from '#rules/contact'
import { pathOf } from '#rules/journeys'
import { beginFirstSignIn } from './begin-first-sign-in.ts'
import { enterCode } from './code-entry.ts'
import { codeForm } from './forms.ts'
import { keepRequest } from './kept-request.ts'
import { recoveryLimits } from './limits.ts'
import type { RecoveryNeeds } from './needs.ts'
import { keepProvenMailbox } from './proven-mailbox.ts'
import { maskAddress } from './rules.ts'

const PAGE = '/connexion/:uid/premiere-connexion'

/** An old account on its way to a password of its own (M57): the mail, its code, or the team (M64). */
export function firstSignInRoutes(router: Router, needs: RecoveryNeeds): void {
  const { db, engine, attempts } = needs
  const publicUrl = needs.config.PUBLIC_URL
  const limits = recoveryLimits(needs)

  router.get(PAGE, async (ctx) => {
    const here = await oldAccountHere(ctx)
    if (!here) return
    if (here.account.email === null) return seeOther(ctx, `${ctx.path}/adresse`)
    show(ctx, { ...here, errors: {} })
  })

  router.post(PAGE, async (ctx) => {
    const here = await oldAccountHere(ctx)
    if (!here) return
    const form = await readForm(ctx, codeForm)
    if (!form.ok) return show(ctx, { ...here, errors: form.errors })
    const entry = await enterCode(
      { ...needs, limits },
      { identifier: here.identifier, code: form.values.code },
    )
    if (entry.right) {
      await keepProvenMailbox(here.journey, entry.proof, new Date())
      return seeOther(ctx, `/connexion/${here.journey.uid}/nouveau-mot-de-passe`)
    }
    show(ctx, { ...here, errors: { code: `recovery.code.${entry.because}` } })
    if (entry.because === 'too-many') {
      ctx.status = 429
      ctx.set('Retry-After', String(entry.minutes * 60))
    }
  })

  router.post(`${PAGE}/encore`, async (ctx) => {
    const here = await oldAccountHere(ctx)
    if (!here) return
    const isSent = await beginFirstSignIn(needs, {
      account: here.account.id,
      client: here.journey.site.clientId,
    })
    seeOther(
      ctx,
      `/connexion/${here.journey.uid}/premiere-connexion?envoi=${isSent ? 'fait' : 'patience'}`,
    )
  })

  router.get(`${PAGE}/adresse`, async (ctx) => {
    const here = await oldAccountHere(ctx)
    if (here) showForm(ctx, letterhead(ctx, here))
  })

  router.post(`${PAGE}/adresse`, async (ctx) => {
    const here = await oldAccountHere(ctx)
    if (!here) return
    const reference = await takeForm(ctx, needs, letterhead(ctx, here))
    if (reference !== null) seeOther(ctx, `${ctx.path}/envoyee?reference=${reference}`)
  })

  router.get(`${PAGE}/adresse/envoyee`, async (ctx) => {
    const here = await oldAccountHere(ctx)
    if (!here) return
    render(ctx, 'recovery/pages/old-address-sent.njk', {
      uid: here.journey.uid,
      asking: here.journey.site,
      number: readReference(ctx.query['reference']),
    })
  })

  /**
   * The old account whose login was typed in this journey, or null after having sent the visitor to the
   * first step: for any other login this page does not exist.
   */
  async function oldAccountHere(
    ctx: Context,
  ): Promise<{ journey: Journey; account: Account; identifier: string } | null> {
    const journey = await journeyOf(ctx, engine, ctx['params']['uid'] ?? '')
    if (!isDue(ctx, journey, 'identifier')) return null
    const identifier = readIdentifier(ctx, publicUrl)
    const account = identifier ? await findByIdentifier(db, identifier) : undefined
    if (identifier && account?.state === 'legacy' && (await hasBegun(ctx, account, journey))) {
      // The mail’s link opens elsewhere: from there, too, the way leads back into this journey.
      keepRequest(ctx, publicUrl, {
        typed: identifier,
        askedAt: 0,
        answer: 'sent',
        journey: journey.uid,
        client: journey.site.clientId,
      })
      return { journey, account, identifier }
    }
    seeOther(ctx, pathOf('identifier', journey.uid))
    return null
  }

  /**
   * Whether the mail of this account is on its way, as it is when the first step led here. Otherwise it
   * leaves now, and counts among the old logins this address has found: nobody looks for them by the
   * address of this page instead of by the first step (D7).
   */
  async function hasBegun(ctx: Context, account: Account, journey: Journey): Promise<boolean> {
    const live = await listLive(db, account.id, new Date())
    if (live.some(({ purpose }) => purpose === 'first-sign-in')) return true
    const verdict = await attempts.beginOldLogin(clientAddress(ctx))
    if (!verdict.allowed) return false
    await beginFirstSignIn(needs, { account: account.id, client: journey.site.clientId })
    return true
  }
}

const SENDINGS: Readonly<Record<string, object>> = {
  fait: { kind: 'good', key: 'recovery.first.again' },
  patience: { kind: 'wait', key: 'recovery.sent.soon' },
}

function show(
  ctx: Context,
  shown: {
    readonly journey: Journey
    readonly account: Account
    readonly identifier: string
    readonly errors: Readonly<Record<string, string>>
  },
): void {
  const { journey, account, identifier, errors } = shown
  if (Object.keys(errors).length > 0) ctx.status = 422
  render(ctx, 'recovery/pages/first-sign-in.njk', {
    uid: journey.uid,
    asking: journey.site,
    login: identifier,
    address: maskAddress(account.email ?? ''),
    sending: SENDINGS[String(ctx.query['envoi'])] ?? null,
    form: { errors },
  })
}

function letterhead(
  ctx: Context,
  { journey, account, identifier }: { journey: Journey; account: Account; identifier: string },
): Letterhead {
  return {
    kind: 'old-address',
    template: 'recovery/pages/old-address.njk',
    writer: NOBODY,
    preface: translate(ctx, 'recovery.old-address.preface', { login: identifier }),
    props: {
      uid: journey.uid,
      asking: journey.site,
      login: identifier,
      isKnown: account.email !== null,
    },
  }
}

function seeOther(ctx: Context, path: string): void {
  ctx.status = 303
  ctx.redirect(path)
}
