import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { getIdentity, type Organisation } from '#organisations'
import { lookUp } from '#register'
import { keepNotice, type Visit } from '#visits'
import { correctOrganisation } from './act-on-organisation.ts'
import { identityForm } from './forms.ts'
import type { StaffNeeds } from './needs.ts'
import { organisationAt, organisationPath } from './organisation-routes.ts'
import { seeOther, staffPage, staffProblem } from './pages.ts'
import { requireActingStaff } from './staff-here.ts'

const PATH = '/equipe-anm/organismes/:id/donnees'

/** What is wrong with a number, in the words of the field (E09, and another's). */
const ERRORS = {
  'unknown-number': { numero: 'staff.identity.number.nobody' },
  'number-taken': { numero: 'staff.identity.number.taken' },
  same: { numero: 'staff.identity.same' },
} as const

/** Number, legal form and sector, which only the team corrects (M39, P15). */
export function identityRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs

  const show = async (
    ctx: Context,
    visit: Visit,
    shown: { organisation: Organisation; form: object },
  ) => {
    const { organisation, form } = shown
    const entry = organisation.bce === null ? null : await lookUp(db, organisation.bce)
    render(ctx, 'staff/pages/identity.njk', {
      ...staffPage(ctx, visit, 'organisations'),
      organisation,
      entry,
      form,
    })
  }

  /** @throws Problem `staff-not-now` for what is closed, or no organisation of our sites */
  const correctable = async (ctx: Context): Promise<Organisation> => {
    const organisation = await organisationAt(ctx, needs)
    if (organisation.kind === 'organisme' && organisation.state !== 'closed') return organisation
    throw staffProblem('not-now', organisationPath(organisation.id))
  }

  router.get(PATH, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const organisation = await correctable(ctx)
    const identity = await getIdentity(db, organisation.id)
    const typed = {
      numero: identity.bce,
      forme: identity.legalForm ?? '',
      marchand: identity.nonprofit ? 'non' : 'oui',
      public: identity.isPublic ? 'oui' : 'non',
      version: String(organisation.version),
    }
    await show(ctx, visit, { organisation, form: { typed, errors: {} } })
  })

  router.post(PATH, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const organisation = await correctable(ctx)
    const form = await readForm(ctx, identityForm)
    if (!form.ok) {
      ctx.status = 422
      return show(ctx, visit, { organisation, form })
    }
    const { numero, forme, marchand, public: isPublic, version, raison } = form.values
    const refusal = await correctOrganisation(needs, {
      ...{ staff: visit.account, organisation: organisation.id, version, reason: raison },
      ...{ bce: numero, legalForm: forme, nonprofit: marchand === 'non' },
      isPublic: isPublic === 'oui',
    })
    if (refusal === 'same' || refusal === 'unknown-number' || refusal === 'number-taken') {
      ctx.status = 422
      const errors = ERRORS[refusal]
      return show(ctx, visit, { organisation, form: { typed: form.typed, errors } })
    }
    if (refusal) throw staffProblem(refusal, organisationPath(organisation.id))
    keepNotice(ctx, 'staff.done.corrected')
    seeOther(ctx, organisationPath(organisation.id))
  })
}
