import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import { transact } from '@myanm/database'
import type { Context } from 'koa'
import { type Account, findAccount } from '#accounts'
import { mustChangePassword, replacePassword, resetPassword } from '#credentials'
import { completeSignIn, halfwayOf, type Journey, journeyOf, type SignedIn } from '#journeys'
import { redeemProof } from '#proofs'
import { pathOf } from '#rules/journeys'
import { newPasswordForm } from './forms.ts'
import type { RecoveryNeeds } from './needs.ts'
import { mistakesOf } from './new-password-routes.ts'
import { provenMailboxOf } from './proven-mailbox.ts'

const PAGE = '/connexion/:uid/nouveau-mot-de-passe'

/** Why somebody on a journey chooses a password before they are let in. */
type Reason =
  | { readonly because: 'first-sign-in'; readonly account: Account; readonly proof: string }
  | { readonly because: 'given'; readonly account: Account; readonly person: SignedIn }

/**
 * A password chosen on the way in, by whoever has just proven the mailbox of an old account (M57), or
 * came with a password somebody else gave them (4.3.4). Then they are in, and back at their site.
 */
export function replaceOnJourneyRoutes(router: Router, needs: RecoveryNeeds): void {
  const { db, engine, attempts, passwords } = needs

  router.get(PAGE, async (ctx) => {
    const here = await find(ctx)
    if (here) show(ctx, { ...here, errors: {} })
  })

  router.post(PAGE, async (ctx) => {
    const here = await find(ctx)
    if (!here) return
    const { journey, reason } = here
    const { account } = reason
    const form = await readForm(ctx, newPasswordForm)
    const errors = form.ok ? mistakesOf(account, form.values) : form.errors
    if (!form.ok || Object.keys(errors).length > 0) return show(ctx, { ...here, errors })

    const hash = await passwords.hash(form.values.mot_de_passe)
    if (!(await replaced(reason, hash))) {
      // Another tab was first, or the mail’s link: the password chosen there is theirs to type.
      return seeOther(ctx, pathOf('identifier', journey.uid))
    }
    await attempts.forgiveAll(account.id)
    const person: SignedIn =
      reason.because === 'given'
        ? reason.person
        : { account: account.id, amr: ['pwd'], remember: false }
    await completeSignIn(ctx, needs, { journey, person })
  })

  /** @returns false when the proof is used up, or what asked for a new password is over */
  function replaced(reason: Reason, hash: string): Promise<boolean> {
    const account = reason.account.id
    return transact(db, async (tx) => {
      if (reason.because === 'given') {
        if (!(await mustChangePassword(tx, account))) return false
        await replacePassword(tx, { account, hash, sessions: 'all' })
        return true
      }
      const proof = { id: reason.proof, purpose: 'first-sign-in', now: new Date() } as const
      return (await redeemProof(tx, proof)) !== null && (await resetPassword(tx, { account, hash }))
    })
  }

  /** Who is to choose a password here; whoever is not begins at the first step. */
  async function find(ctx: Context): Promise<{ journey: Journey; reason: Reason } | null> {
    const journey = await journeyOf(ctx, engine, ctx['params']['uid'] ?? '')
    const reason = await reasonOf(journey)
    if (reason) return { journey, reason }
    seeOther(ctx, pathOf('identifier', journey.uid))
    return null
  }

  async function reasonOf(journey: Journey): Promise<Reason | null> {
    const now = new Date()
    const mailbox = provenMailboxOf(journey, now)
    const old = mailbox && (await findAccount(db, mailbox.account))
    if (mailbox && old?.state === 'legacy') {
      return { because: 'first-sign-in', account: old, proof: mailbox.proof }
    }
    const person = halfwayOf(journey, now)
    const account = person && (await findAccount(db, person.account))
    if (!person || account?.state !== 'active') return null
    return (await mustChangePassword(db, account.id)) ? { because: 'given', account, person } : null
  }
}

function show(
  ctx: Context,
  shown: {
    readonly journey: Journey
    readonly reason: Reason
    readonly errors: Readonly<Record<string, string>>
  },
): void {
  const { journey, reason, errors } = shown
  if (Object.keys(errors).length > 0) ctx.status = 422
  render(ctx, 'recovery/pages/replace-on-journey.njk', {
    uid: journey.uid,
    asking: journey.site,
    login: reason.account.login ?? reason.account.email,
    because: reason.because,
    form: { errors },
  })
}

function seeOther(ctx: Context, path: string): void {
  ctx.status = 303
  ctx.redirect(path)
}
