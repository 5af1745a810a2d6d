import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import { transact } from '@myanm/database'
import type { Context } from 'koa'
import { z } from 'zod'
import { findAccount } from '#accounts'
import { mistakesOfNewPassword, newPasswordFields, replacePassword } from '#credentials'
import { accountPage, keepNotice, requireRecentPerson, type Visit } from '#visits'
import type { MyAccountNeeds } from './needs.ts'

const passwordForm = z.object(newPasswordFields)

/** Another password, from inside: this browser stays, the others are signed out (ASVS 7.4.3). */
export function passwordRoutes(router: Router, needs: MyAccountNeeds): void {
  const { db, passwords } = needs

  router.get('/compte/connexion/mot-de-passe', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (visit) await show(ctx, visit, {})
  })

  router.post('/compte/connexion/mot-de-passe', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, passwordForm)
    if (!form.ok) return show(ctx, visit, form.errors)
    const { mot_de_passe: password, confirmation } = form.values
    const account = await findAccount(db, visit.account)
    const own = [account?.login, account?.email, account?.given_name, account?.family_name]
    const mistakes = mistakesOfNewPassword({
      password,
      confirmation,
      own: own.map((value) => value ?? null),
    })
    if (Object.keys(mistakes).length > 0) return show(ctx, visit, mistakes)
    const hash = await passwords.hash(password)
    await transact(db, (tx) =>
      replacePassword(tx, {
        account: visit.account,
        hash,
        sessions: { except: visit.session.uid },
      }),
    )
    keepNotice(ctx, 'my-account.password.saved')
    ctx.status = 303
    ctx.redirect('/compte/connexion')
  })

  async function show(
    ctx: Context,
    visit: Visit,
    errors: Readonly<Record<string, string>>,
  ): Promise<void> {
    const account = await findAccount(db, visit.account)
    if (Object.keys(errors).length > 0) ctx.status = 422
    render(ctx, 'my-account/pages/password.njk', {
      ...accountPage(ctx, visit, 'sign-in'),
      username: account?.login ?? account?.email ?? '',
      form: { errors },
    })
  }
}
