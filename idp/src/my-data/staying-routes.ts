import type Router from '@koa/router'
import { formatDay, readFields, readForm, render } from '@myanm/chassis'
import { transact } from '@myanm/database'
import type { Context } from 'koa'
import { findAccount } from '#accounts'
import { completeSignIn, halfwayOf, journeyOf } from '#journeys'
import { checkCode, type Looked, lookAtProof, type Proof, redeemProof } from '#proofs'
import { pathOf } from '#rules/journeys'
import { erasedAt } from '#rules/retention'
import { bannerOf } from '#visits'
import { codeForm } from './forms.ts'
import { stay } from './leave.ts'
import { readLeaving } from './leaving-cookie.ts'
import type { MyDataNeeds } from './needs.ts'
import { leavingSince } from './store.ts'

const PURPOSE = 'cancel-deletion'

export function stayingRoutes(router: Router, needs: MyDataNeeds): void {
  const { db, engine, config } = needs

  /** After it was asked for, and after it was taken back: by code, here. */
  router.get('/suppression', async (ctx) => {
    await showLeaving(ctx, {})
  })

  router.post('/suppression', async (ctx) => {
    const form = await readForm(ctx, codeForm)
    if (!form.ok) return showLeaving(ctx, form.errors)
    const account = readLeaving(ctx, config.PUBLIC_URL)
    const now = new Date()
    const name = account === null ? null : ({ account, purpose: PURPOSE } as const)
    const answer = await checkCode(needs, { name, typed: form.values.code, now })
    if (!answer.right) return showLeaving(ctx, { code: `my-data.code.${answer.because}` })
    await keepBy(answer.proof, now)
    ctx.status = 303
    ctx.redirect('/suppression')
  })

  /** Scanners open links: looking changes nothing (ahead 7). */
  router.get('/suppression/:jeton', async (ctx) => {
    const looked = await look(ctx.params['jeton'])
    await showStay(ctx, looked)
  })

  router.post('/suppression/:jeton', async (ctx) => {
    await readFields(ctx)
    const looked = await look(ctx.params['jeton'])
    if (!looked.works) return showStay(ctx, looked)
    await keepBy(looked.proof, new Date())
    ctx.status = 303
    ctx.redirect(ctx.path)
  })

  /** Signing in during the seven days: the password was right, the account waits to be deleted (6.1). */
  router.get('/connexion/:uid/suppression', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    const halfway = halfwayOf(journey, new Date())
    const since = halfway && (await leavingSince(db, halfway.account))
    if (!since) {
      ctx.status = 303
      return ctx.redirect(pathOf('identifier', journey.uid))
    }
    render(ctx, 'my-data/pages/stay-and-sign-in.njk', {
      uid: journey.uid,
      asking: journey.site,
      day: formatDay(erasedAt(since)),
    })
  })

  router.post('/connexion/:uid/suppression', async (ctx) => {
    const journey = await journeyOf(ctx, engine, ctx.params['uid'] ?? '')
    await readFields(ctx)
    const person = halfwayOf(journey, new Date())
    const stays =
      person !== null &&
      (await db
        .transaction()
        .execute((tx) => stay(tx, { account: person.account, now: new Date() })))
    // Kept by the link in the meantime is kept all the same.
    const isActive =
      stays || (person !== null && (await findAccount(db, person.account))?.state === 'active')
    if (person && isActive) return completeSignIn(ctx, needs, { journey, person })
    ctx.status = 303
    ctx.redirect(pathOf('identifier', journey.uid))
  })

  /** Used up and kept in one transaction: of two at once, one does it. */
  async function keepBy({ id }: Proof, now: Date): Promise<void> {
    await transact(db, async (tx) => {
      const proof = await redeemProof(tx, { id, purpose: PURPOSE, now })
      if (proof) await stay(tx, { account: proof.account_id, now })
    })
  }

  /** Without a word on whose account it is: this page is nobody's. */
  async function showLeaving(
    ctx: Context,
    errors: Readonly<Record<string, string>>,
  ): Promise<void> {
    const account = readLeaving(ctx, config.PUBLIC_URL)
    const since = account === null ? null : await leavingSince(db, account)
    if (account !== null && since === null) {
      const kept = (await findAccount(db, account))?.state === 'active'
      return render(ctx, 'my-data/pages/stayed.njk', { banner: bannerOf(null), kept })
    }
    if (Object.keys(errors).length > 0) ctx.status = 422
    render(ctx, 'my-data/pages/leaving.njk', {
      banner: bannerOf(null),
      day: since && formatDay(erasedAt(since)),
      form: { typed: {}, errors },
    })
  }

  function look(token = ''): Promise<Looked> {
    return lookAtProof(needs, { token, purposes: [PURPOSE], now: new Date() })
  }

  async function showStay(ctx: Context, looked: Looked): Promise<void> {
    const account = looked.proof?.account_id
    const since = account === undefined ? null : await leavingSince(db, account)
    const props = { banner: bannerOf(null), path: ctx.path }
    if (looked.works && since) {
      return render(ctx, 'my-data/pages/stay.njk', { ...props, day: formatDay(erasedAt(since)) })
    }
    const kept = !looked.works && looked.because === 'used'
    if (!kept) ctx.status = 410
    render(ctx, 'my-data/pages/stayed.njk', { ...props, kept })
  }
}
