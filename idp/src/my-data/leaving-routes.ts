import type Router from '@koa/router'
import { formatDay, readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { listSites } from '#clients'
import { listChoices } from '#organisations'
import { concerns } from '#rules/home'
import { erasedAt } from '#rules/retention'
import { accountPage, requireRecentPerson, type Visit } from '#visits'
import { leavingForm } from './forms.ts'
import { askToLeave } from './leave.ts'
import { keepLeaving } from './leaving-cookie.ts'
import type { MyDataNeeds } from './needs.ts'
import { ledBy } from './rules.ts'
import { listNewslettersOf } from './store.ts'

export function leavingRoutes(router: Router, needs: MyDataNeeds): void {
  const { db, config } = needs

  router.get('/compte/donnees/suppression', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    await showConsequences(ctx, visit, {})
  })

  router.post('/compte/donnees/suppression', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const form = await readForm(ctx, leavingForm)
    if (!form.ok) return showConsequences(ctx, visit, form.errors)
    const leaving = await askToLeave(db, { account: visit.account, now: new Date() })
    if (!leaving.asked) {
      await showConsequences(ctx, visit, {})
      ctx.status = 409
      return
    }
    keepLeaving(ctx, config.PUBLIC_URL, { account: visit.account, until: leaving.until })
    ctx.status = 303
    ctx.redirect('/suppression')
  })

  /** What will end, before anything does (ahead 9). */
  async function showConsequences(
    ctx: Context,
    visit: Visit,
    errors: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { account } = visit
    const [memberships, sites, newsletters] = await Promise.all([
      listChoices(db, account),
      listSites(db),
      listNewslettersOf(db, account),
    ])
    if (Object.keys(errors).length > 0) ctx.status = 422
    render(ctx, 'my-data/pages/leave.njk', {
      ...accountPage(ctx, visit, 'data'),
      leads: ledBy(memberships),
      memberships,
      sites: sites
        .filter(({ client_id }) => concerns(client_id, visit.standing))
        .map(({ name }) => name),
      newsletters,
      day: formatDay(erasedAt(new Date())),
      form: { typed: {}, errors },
    })
  }
}
