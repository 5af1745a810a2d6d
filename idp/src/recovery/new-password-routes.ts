import type Router from '@koa/router'
import { type Problem, readForm, render } from '@myanm/chassis'
import { transact } from '@myanm/database'
import type { Context } from 'koa'
import { type Account, findAccount } from '#accounts'
import { knownBrowser, mistakesOfNewPassword, resetPassword } from '#credentials'
import { keepIdentifier } from '#journeys'
import { lookAtProof, type Proof, redeemProof } from '#proofs'
import { pathOf } from '#rules/journeys'
import { problem } from '../problems.ts'
import { newPasswordForm } from './forms.ts'
import { keepRequest, readRequest } from './kept-request.ts'
import { findJourney } from './live-journey.ts'
import type { RecoveryNeeds } from './needs.ts'
import { WAYS_BACK, wayBackFor } from './rules.ts'

const CHANGED = '/mot-de-passe/change'

/** The page a mailed link leads to, and the one after it. */
export function newPasswordRoutes(router: Router, needs: RecoveryNeeds): void {
  const { db, engine, attempts, passwords } = needs
  const publicUrl = needs.config.PUBLIC_URL

  router.get(CHANGED, async (ctx) => {
    const kept = readRequest(ctx, publicUrl)
    if (kept?.answer !== 'changed') {
      ctx.status = 303
      return ctx.redirect('/mot-de-passe/oublie')
    }
    const journey = await findJourney(engine, kept.journey)
    const client = journey?.client ?? kept.client
    const site = engine.sites().find(({ clientId }) => clientId === client)
    render(ctx, 'recovery/pages/changed.njk', {
      goingTo: site?.name ?? null,
      next: journey ? pathOf('password', journey.uid) : (site?.homeUri ?? '/compte'),
      isOnJourney: journey !== null,
    })
  })

  router.get('/mot-de-passe/:jeton', async (ctx) => {
    const { account, proof } = await followed(ctx)
    show(ctx, { account, proof, errors: {} })
  })

  router.post('/mot-de-passe/:jeton', async (ctx) => {
    const { account, proof } = await followed(ctx)
    const form = await readForm(ctx, newPasswordForm)
    const errors = form.ok ? mistakesOf(account, form.values) : form.errors
    if (!form.ok || Object.keys(errors).length > 0) return show(ctx, { account, proof, errors })

    const hash = await passwords.hash(form.values.mot_de_passe)
    await transact(db, async (tx) => {
      const redeemed = await redeemProof(tx, { ...proof, now: new Date() })
      if (!redeemed || !(await resetPassword(tx, { account: account.id, hash }))) throw deadLink()
    })
    await attempts.forgiveAll(account.id)
    // Strangers who go on guessing lock each other, not whoever stands here.
    knownBrowser(ctx, needs.config).remember(account.id)
    await rememberWhereTo(ctx, { account, proof })
    ctx.status = 303
    ctx.redirect(CHANGED)
  })

  /**
   * What the link leads to, looked at only: whoever opens links for a living, twice or by HEAD, changes
   * nothing (ahead 7). Its address is a secret: no page and no other site hears it (ASVS 14.2.1).
   * @throws Problem `dead-link` (E05)
   */
  async function followed(ctx: Context): Promise<{ account: Account; proof: Proof }> {
    ctx.set('Referrer-Policy', 'strict-origin')
    const looked = await lookAtProof(needs, {
      token: ctx['params']['jeton'] ?? '',
      purposes: WAYS_BACK,
      now: new Date(),
    })
    if (!looked.works) throw deadLink()
    const account = await findAccount(db, looked.proof.account_id)
    if (!account || wayBackFor(account) === null) throw deadLink()
    return { account, proof: looked.proof }
  }

  /** Nobody is signed in by a mail: the way on leads through the door, with the login filled in. */
  async function rememberWhereTo(
    ctx: Context,
    { account, proof }: { account: Account; proof: Proof },
  ): Promise<void> {
    const kept = readRequest(ctx, publicUrl)
    const typed = account.login ?? account.email ?? ''
    const journey = await findJourney(engine, kept?.journey)
    if (journey) keepIdentifier(ctx, { uid: journey.uid, publicUrl }, typed)
    keepRequest(ctx, publicUrl, {
      typed,
      askedAt: 0,
      answer: 'changed',
      journey: journey?.uid,
      client: proof.client_id ?? kept?.client,
    })
  }
}

/** What is wrong with the new password of this person. */
export function mistakesOf(
  account: Account,
  typed: { readonly mot_de_passe: string; readonly confirmation: string },
): Readonly<Record<string, string>> {
  return mistakesOfNewPassword({
    password: typed.mot_de_passe,
    confirmation: typed.confirmation,
    own: [account.login, account.email, account.given_name, account.family_name],
  })
}

function deadLink(): Problem {
  return problem('dead-link', {
    ways: [
      { key: 'recovery.way.new-mail', href: '/mot-de-passe/oublie' },
      { key: 'recovery.way.sign-in', href: '/compte' },
      { key: 'recovery.way.contact', href: '/contact' },
    ],
  })
}

function show(
  ctx: Context,
  shown: {
    readonly account: Account
    readonly proof: Proof
    readonly errors: Readonly<Record<string, string>>
  },
): void {
  const { account, proof, errors } = shown
  if (Object.keys(errors).length > 0) ctx.status = 422
  render(ctx, 'recovery/pages/new-password.njk', {
    action: ctx.path,
    login: account.login ?? account.email,
    purpose: proof.purpose,
    form: { errors },
  })
}
