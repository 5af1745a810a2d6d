import type Router from '@koa/router'
import { readForm, render, type Typed } from '@myanm/chassis'
import { transact } from '@myanm/database'
import type { Context } from 'koa'
import { createLimit } from '#credentials'
import { checkCode, listLive, type Proof, withdrawProof } from '#proofs'
import { identifierKey } from '#rules/accounts'
import { accountPage, keepNotice, requirePerson, requireRecentPerson, type Visit } from '#visits'
import { linkRoutes } from './address-link-routes.ts'
import { askForAddress, confirmAddress } from './change-address.ts'
import { addressForm, codeForm } from './forms.ts'
import type { MyAccountNeeds } from './needs.ts'

/** Mails to addresses of somebody's choice, within an hour: enough for three typing mistakes. */
const LIMIT = { name: 'change-email', times: 6, seconds: 3600 } as const

const SENT = '/compte/connexion/adresse/envoye'

/** Another e-mail address: asked for here, proven there, told to the old one (M12, ML7). */
export function addressRoutes(router: Router, needs: MyAccountNeeds): void {
  const { db } = needs
  const limit = createLimit({ pool: needs.pool, key: needs.config.COOKIE_KEY }, LIMIT)

  router.get('/compte/connexion/adresse', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (visit) showForm(ctx, visit, { typed: {}, errors: {} })
  })

  router.post('/compte/connexion/adresse', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, addressForm)
    if (!form.ok) return showForm(ctx, visit, form)
    const { email } = form.values
    const refuse = (error: string, minutes = 0) =>
      showForm(ctx, visit, {
        typed: form.typed,
        errors: { email: error },
        values: { n: minutes },
      })
    if (identifierKey(email) === identifierKey(visit.standing.account.email ?? '')) {
      return refuse('my-account.email.same')
    }
    const asking = await limit.take(visit.account)
    if (!asking.allowed) return refuse('my-account.email.too-often', asking.minutes)
    await ask(visit, email)
    ctx.status = 303
    ctx.redirect(SENT)
  })

  router.get(SENT, async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const pending = await pendingOf(visit)
    if (!pending) return ctx.redirect('/compte/connexion')
    showSent(ctx, visit, { pending, errors: {} })
  })

  router.post('/compte/connexion/adresse/renvoyer', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const pending = await pendingOf(visit)
    if (!pending) return backToSignIn(ctx)
    const asking = await limit.take(visit.account)
    if (!asking.allowed) {
      const errors = { '': 'my-account.email.too-often' }
      return showSent(ctx, visit, { pending, errors, values: { n: asking.minutes } })
    }
    await ask(visit, pending.email)
    keepNotice(ctx, 'my-account.email.sent-again')
    ctx.status = 303
    ctx.redirect(SENT)
  })

  router.post('/compte/connexion/adresse/annuler', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    await transact(db, (tx) =>
      withdrawProof(tx, { account: visit.account, purpose: 'change-email', now: new Date() }),
    )
    keepNotice(ctx, 'my-account.email.cancelled')
    backToSignIn(ctx)
  })

  router.post('/compte/connexion/adresse/code', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const pending = await pendingOf(visit)
    if (!pending) return backToSignIn(ctx)
    const form = await readForm(ctx, codeForm)
    if (!form.ok) return showSent(ctx, visit, { pending, errors: form.errors })
    const now = new Date()
    const name = { account: visit.account, purpose: 'change-email' } as const
    const answer = await checkCode(needs, { name, typed: form.values.code, now })
    const outcome = answer.right ? await confirmAddress(needs, { id: answer.proof.id, now }) : null
    if (outcome === 'changed') {
      keepNotice(ctx, 'my-account.email.changed')
      return backToSignIn(ctx)
    }
    const because = answer.right ? 'wrong' : answer.because
    showSent(ctx, visit, { pending, errors: { code: `my-account.code.${because}` } })
  })

  linkRoutes(router, needs)

  const ask = ({ account }: Visit, email: string): Promise<void> =>
    transact(db, (tx) => askForAddress(tx, { account, email, now: new Date() }))

  async function pendingOf({ account }: Visit): Promise<Pending | null> {
    const live = await listLive(db, account, new Date())
    const pending = live.find((proof) => proof.purpose === 'change-email')
    return pending?.email ? { ...pending, email: pending.email } : null
  }
}

type Pending = Proof & { readonly email: string }

function backToSignIn(ctx: Context): void {
  ctx.status = 303
  ctx.redirect('/compte/connexion')
}

interface Shown {
  readonly errors: Readonly<Record<string, string>>
  readonly values?: Readonly<Record<string, string | number>>
}

function showForm(ctx: Context, visit: Visit, form: Shown & { readonly typed: Typed }): void {
  if (Object.keys(form.errors).length > 0) ctx.status = 422
  render(ctx, 'my-account/pages/address.njk', {
    ...accountPage(ctx, visit, 'sign-in'),
    email: visit.standing.account.email,
    form,
  })
}

function showSent(
  ctx: Context,
  visit: Visit,
  { pending, ...form }: Shown & { readonly pending: Pending },
): void {
  if (Object.keys(form.errors).length > 0) ctx.status = 422
  render(ctx, 'my-account/pages/address-sent.njk', {
    ...accountPage(ctx, visit, 'sign-in'),
    pending: pending.email,
    form,
  })
}
