import type Router from '@koa/router'
import { readForm, render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import { createLimit } from '#credentials'
import { previewAttachment } from '#legacy'
import { checkCode, lookAtProof, type Proof } from '#proofs'
import { accountPage, keepNotice, requirePerson, requireRecentPerson, type Visit } from '#visits'
import { askToAttach, confirmAttachment, latestWish } from './attach-login.ts'
import { codeForm, oldLoginForm } from './forms.ts'
import type { MyAccountNeeds } from './needs.ts'

const LIMIT = { name: 'attach-login', times: 6, seconds: 3600 } as const

const ASK = '/compte/connexion/ancien-login'
const SENT = '/compte/connexion/ancien-login/envoye'

/** An old login of the sites, made part of one's account by who reads its mailbox (M24). */
export function attachRoutes(router: Router, needs: MyAccountNeeds): void {
  const { db, secrets } = needs
  const limit = createLimit({ pool: needs.pool, key: needs.config.COOKIE_KEY }, LIMIT)

  router.get(ASK, async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (visit) showForm(ctx, visit, { typed: {}, errors: {} })
  })

  router.post(ASK, async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, oldLoginForm)
    if (!form.ok) return showForm(ctx, visit, form)
    const asking = await limit.take(visit.account)
    if (!asking.allowed) {
      const errors = { ancien: 'my-account.email.too-often' }
      return showForm(ctx, visit, { typed: form.typed, errors, values: { n: asking.minutes } })
    }
    const { account } = visit
    await askToAttach(needs, { account, login: form.values.ancien, now: new Date() })
    ctx.status = 303
    ctx.redirect(SENT)
  })

  router.get(SENT, async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (visit) showSent(ctx, visit, {})
  })

  router.post(SENT, async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, codeForm)
    if (!form.ok) return showSent(ctx, visit, form.errors)
    const { account } = visit
    const now = new Date()
    const wish = await latestWish(needs, account, now)
    const name = wish
      ? ({ account, purpose: 'attach-login', subject: wish.subject } as const)
      : null
    const answer = await checkCode(needs, { name, typed: form.values.code, now })
    if (!answer.right) return showSent(ctx, visit, { code: `my-account.code.${answer.because}` })
    ctx.status = 303
    ctx.redirect(`/ancien-login/${secrets.tokenOf(answer.proof.id)}`)
  })

  router.get('/ancien-login/:jeton', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const proof = await proofFor(ctx, visit)
    const preview =
      proof &&
      (await previewAttachment(db, { account: visit.account, legacyAccount: proof.subject }))
    if (!preview) return showDead(ctx, visit)
    render(ctx, 'my-account/pages/attach-preview.njk', {
      ...accountPage(ctx, visit, 'sign-in'),
      preview,
      action: ctx.path,
    })
  })

  router.post('/ancien-login/:jeton', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const proof = await proofFor(ctx, visit)
    const { account } = visit
    const isDone =
      proof && (await confirmAttachment(needs, { id: proof.id, account, now: new Date() }))
    if (!isDone) return showDead(ctx, visit)
    keepNotice(ctx, 'my-account.attach.done')
    ctx.status = 303
    ctx.redirect('/compte')
  })

  /** A link asked for from another account opens nothing here: it is as dead as any other. */
  async function proofFor(ctx: Context, { account }: Visit): Promise<Proof | null> {
    const token = ctx['params']['jeton'] ?? ''
    const now = new Date()
    const looked = await lookAtProof(needs, { token, purposes: ['attach-login'], now })
    return looked.works && looked.proof.account_id === account ? looked.proof : null
  }
}

function showForm(
  ctx: Context,
  visit: Visit,
  form: {
    readonly typed: Typed
    readonly errors: Readonly<Record<string, string>>
    readonly values?: Readonly<Record<string, number>>
  },
): void {
  if (Object.keys(form.errors).length > 0) ctx.status = 422
  render(ctx, 'my-account/pages/attach.njk', { ...accountPage(ctx, visit, 'sign-in'), form })
}

function showSent(ctx: Context, visit: Visit, errors: Readonly<Record<string, string>>): void {
  if (Object.keys(errors).length > 0) ctx.status = 422
  const form = { errors }
  render(ctx, 'my-account/pages/attach-sent.njk', { ...accountPage(ctx, visit, 'sign-in'), form })
}

function showDead(ctx: Context, visit: Visit): void {
  ctx.status = 410
  render(ctx, 'my-account/pages/attach-dead.njk', accountPage(ctx, visit, 'sign-in'))
}
