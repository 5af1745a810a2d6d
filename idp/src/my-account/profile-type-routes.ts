import type Router from '@koa/router'
import { formatCompanyNumber, readForm, render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import { getProfile } from '#accounts'
import { listChoices } from '#organisations'
import type { AccountType } from '#rules/accounts'
import { accountPage, keepNotice, requirePerson, type Visit } from '#visits'
import { changeProfileType } from './change-identity.ts'
import { workForm } from './forms.ts'
import type { MyAccountNeeds } from './needs.ts'
import { tellsOfWork } from './rules.ts'

/** From a private person to somebody who works for themselves, and back, with the same account (M17). */
export function profileTypeRoutes(router: Router, needs: MyAccountNeeds): void {
  const { db } = needs

  router.get('/compte/identite/independant', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    if (tellsOfWork(visit.standing.account.type)) return ctx.redirect('/compte/identite')
    const profile = await getProfile(db, visit.account)
    const typed = {
      version: String(profile.version),
      profession: profile.profession ?? '',
      numero_bce: profile.bce ? formatCompanyNumber(profile.bce) : '',
      statut_tva: profile.vat_status ?? '',
    }
    showBecoming(ctx, visit, { typed, errors: {} })
  })

  router.post('/compte/identite/independant', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    const { type } = visit.standing.account
    if (tellsOfWork(type)) return done(ctx, 'my-account.profile-type.independant.done')
    const form = await readForm(ctx, workForm)
    if (!form.ok) return showBecoming(ctx, visit, form)
    const { version, profession, numero_bce: bce, statut_tva: vat } = form.values
    const isChanged = await changeProfileType(needs, {
      account: visit.account,
      version,
      from: type,
      to: 'independant',
      told: { profession, bce, vat_status: vat },
    })
    if (isChanged) return done(ctx, 'my-account.profile-type.independant.done')
    const { version: now } = await getProfile(db, visit.account)
    showBecoming(ctx, visit, { typed: { ...form.typed, version: String(now) }, errors: {} })
    ctx.status = 409
  })

  router.get('/compte/identite/particulier', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    if (!tellsOfWork(visit.standing.account.type)) return ctx.redirect('/compte/identite')
    render(ctx, 'my-account/pages/stop-working.njk', accountPage(ctx, visit, 'identity'))
  })

  router.post('/compte/identite/particulier', async (ctx) => {
    const visit = await requirePerson(ctx, needs)
    if (!visit) return
    if (tellsOfWork(visit.standing.account.type)) {
      const { version } = await getProfile(db, visit.account)
      await changeProfileType(needs, {
        account: visit.account,
        version,
        from: 'independant',
        to: await typeWithoutWork(visit),
        told: { profession: null, bce: null, vat_status: null },
      })
    }
    done(ctx, 'my-account.profile-type.particulier.done')
  })

  /** Who belongs to an organisation is « linked », whatever else they were (5.1). */
  const typeWithoutWork = async ({ account }: Visit): Promise<AccountType> =>
    (await listChoices(db, account)).length > 0 ? 'organisme' : 'particulier'
}

function done(ctx: Context, notice: string): void {
  keepNotice(ctx, notice)
  ctx.status = 303
  ctx.redirect('/compte/identite')
}

function showBecoming(
  ctx: Context,
  visit: Visit,
  form: { readonly typed: Typed; readonly errors: Readonly<Record<string, string>> },
): void {
  if (Object.keys(form.errors).length > 0) ctx.status = 422
  render(ctx, 'my-account/pages/start-working.njk', {
    ...accountPage(ctx, visit, 'identity'),
    form,
  })
}
