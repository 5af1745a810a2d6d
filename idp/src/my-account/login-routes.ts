import type Router from '@koa/router'
import { readForm, render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import { findAccount, listOtherAddresses } from '#accounts'
import { listLive } from '#proofs'
import { refusalOfLogin } from '#rules/accounts'
import { accountPage, keepNotice, requirePerson, requireRecentPerson, type Visit } from '#visits'
import { chooseLogin } from './choose-login.ts'
import { loginForm } from './forms.ts'
import type { MyAccountNeeds } from './needs.ts'

/** How one comes in: login, address, password; and another login (4.2.5, E12, E13). */
export function loginRoutes(router: Router, needs: MyAccountNeeds): void {
  const { db } = needs

  router.get('/compte/connexion', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const [account, others, pending] = await Promise.all([
      findAccount(db, visit.account),
      listOtherAddresses(db, visit.account),
      listLive(db, visit.account, new Date()),
    ])
    render(ctx, 'my-account/pages/sign-in.njk', {
      ...accountPage(ctx, visit, 'sign-in'),
      login: account?.login ?? null,
      email: account?.email ?? null,
      others,
      pending: pending.find((proof) => proof.purpose === 'change-email')?.email ?? null,
    })
  })

  router.get('/compte/connexion/login', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const account = await findAccount(db, visit.account)
    show(ctx, visit, { typed: { login: account?.login ?? '' }, errors: {} })
  })

  router.post('/compte/connexion/login', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, loginForm)
    if (!form.ok) return show(ctx, visit, form)
    const login = form.values.login.normalize('NFC')
    const refusal = refusalOfLogin(login, visit.standing.account.email)
    const outcome = refusal ?? (await chooseLogin(needs, { account: visit.account, login }))
    if (outcome !== 'chosen') {
      const errors = { login: `my-account.login.${outcome}` }
      return show(ctx, visit, { typed: form.typed, errors, values: { x: login } })
    }
    keepNotice(ctx, 'my-account.login.saved')
    ctx.status = 303
    ctx.redirect('/compte/connexion')
  })
}

function show(
  ctx: Context,
  visit: Visit,
  form: {
    readonly typed: Typed
    readonly errors: Readonly<Record<string, string>>
    readonly values?: Readonly<Record<string, string>>
  },
): void {
  if (Object.keys(form.errors).length > 0) ctx.status = 422
  render(ctx, 'my-account/pages/login.njk', { ...accountPage(ctx, visit, 'sign-in'), form })
}
