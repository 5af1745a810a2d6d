import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { hasAny, proposeRecoveryCodes, renewRecoveryCodes, secondFactorsOf } from '#authenticators'
import { accountPage, keepNotice, requireRecentPerson, type Visit } from '#visits'
import { newCodesForm } from './forms.ts'
import type { SecurityNeeds } from './needs.ts'
import { goTo, wayOn } from './way-on.ts'

/** Codes on paper, for the day everything else is lost. Shown once: good from when one says so. */
export function codesRoutes(router: Router, needs: SecurityNeeds): void {
  router.get('/compte/securite/codes', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (visit) await show(ctx, visit, {})
  })

  router.post('/compte/securite/codes', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, newCodesForm)
    const { account } = visit
    const kept =
      form.ok &&
      (await renewRecoveryCodes(needs, { account, sealed: form.values.codes, now: new Date() }))
    if (!kept) return show(ctx, visit, { codes: 'security.codes.over' })
    keepNotice(ctx, 'security.codes.kept')
    goTo(ctx, wayOn(ctx, needs).pathTo())
  })

  async function show(
    ctx: Context,
    visit: Visit,
    errors: Readonly<Record<string, string>>,
  ): Promise<void> {
    const factors = await secondFactorsOf(needs.db, visit.account)
    // They stand in for a factor: with none there is nothing to stand in for.
    if (!hasAny(factors)) return goTo(ctx, wayOn(ctx, needs).pathTo())
    if (Object.keys(errors).length > 0) ctx.status = 422
    render(ctx, 'security/pages/new-codes.njk', {
      ...accountPage(ctx, visit, 'security'),
      proposal: proposeRecoveryCodes(needs, { account: visit.account, now: new Date() }),
      replaces: factors.recoveryCodes,
      pathTo: wayOn(ctx, needs).pathTo,
      form: { errors },
    })
  }
}
