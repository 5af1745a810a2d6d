import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import {
  addApplication,
  dropApplication,
  proposeApplication,
  sameProposal,
  secondFactorsOf,
} from '#authenticators'
import { amrOf } from '#rules/authenticators'
import { accountPage, keepNotice, requireRecentPerson, type Visit } from '#visits'
import { afterAdding } from './after-adding.ts'
import { newApplicationForm } from './forms.ts'
import type { SecurityNeeds } from './needs.ts'
import { goTo, wayOn } from './way-on.ts'

/** The codes of an application on the phone: set up, take away. */
export function applicationRoutes(router: Router, needs: SecurityNeeds): void {
  const { db } = needs
  const loginOf = ({ standing }: Visit): string => standing.account.email ?? ''

  router.get('/compte/securite/application', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const { application } = await secondFactorsOf(db, visit.account)
    if (application) return showExisting(ctx, visit)
    showNew(ctx, visit, { errors: {} })
  })

  router.post('/compte/securite/application', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    const { application } = await secondFactorsOf(db, visit.account)
    if (application) return goTo(ctx, wayOn(ctx, needs).pathTo())
    const form = await readForm(ctx, newApplicationForm)
    const sealed = String(form.typed['secret'] ?? '')
    if (!form.ok) return showNew(ctx, visit, { errors: form.errors, sealed })
    const { code } = form.values
    const { account } = visit
    if (!(await addApplication(needs, { account, sealed, code, now: new Date() }))) {
      return showNew(ctx, visit, { errors: { code: 'security.application.code.wrong' }, sealed })
    }
    const notice = 'security.application.added'
    await afterAdding(ctx, needs, { visit, amr: amrOf('application'), notice })
  })

  router.post('/compte/securite/application/retirer', async (ctx) => {
    const visit = await requireRecentPerson(ctx, needs)
    if (!visit) return
    await dropApplication(needs, visit.account)
    keepNotice(ctx, 'security.application.removed')
    goTo(ctx, '/compte/securite')
  })

  /** After a mistake the same drawing is shown: it may be in the application already. */
  function showNew(
    ctx: Context,
    visit: Visit,
    shown: { readonly errors: Readonly<Record<string, string>>; readonly sealed?: string },
  ): void {
    const { errors, sealed = '' } = shown
    const asked = { account: visit.account, login: loginOf(visit), now: new Date() }
    const same = sealed === '' ? null : sameProposal(needs, { ...asked, sealed })
    const isOver = sealed !== '' && same === null
    if (Object.keys(errors).length > 0) ctx.status = 422
    render(ctx, 'security/pages/new-application.njk', {
      ...accountPage(ctx, visit, 'security'),
      proposal: same ?? proposeApplication(needs, asked),
      pathTo: wayOn(ctx, needs).pathTo,
      form: { errors: isOver ? { code: 'security.application.over' } : errors },
    })
  }

  function showExisting(ctx: Context, visit: Visit): void {
    render(ctx, 'security/pages/application.njk', accountPage(ctx, visit, 'security'))
  }
}
