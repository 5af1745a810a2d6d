import type Router from '@koa/router'
import { frameProblem, readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { findMembership } from '#organisations'
import { displayName } from '#rules/accounts'
import { findRescue, listObjections } from '#transfers'
import { keepNotice, type Visit } from '#visits'
import { decideMeasure, withdrawMeasure } from './decide-measure.ts'
import { appointForm, decisionForm, measureForm } from './forms.ts'
import { findMeasure } from './measures-store.ts'
import { MERGES } from './merge-routes.ts'
import { findMergeMeasure } from './merge-store.ts'
import type { StaffNeeds } from './needs.ts'
import { organisationAt, organisationPath } from './organisation-routes.ts'
import { idIn, seeOther, staffPage, staffProblem } from './pages.ts'
import { proposeMeasure } from './propose-measure.ts'
import { type MeasureKind, measuresOn, refusalToDecide } from './rules.ts'
import { requireActingStaff } from './staff-here.ts'

/** Where each measure is proposed, below the organisation's page. */
const PATHS: Readonly<Record<MeasureKind, string>> = {
  vacant: 'vacant',
  appoint: 'nommer',
  rescue: 'confier',
  close: 'fermer',
  reopen: 'rouvrir',
}

const DECISIONS = { accepter: 'accepted', refuser: 'refused' } as const

/** What one of the team proposes about an organisation, and another decides on (M64, P32). */
export function measureRoutes(router: Router, needs: StaffNeeds): void {
  for (const kind of Object.keys(PATHS) as MeasureKind[]) proposalRoutes(router, needs, kind)
  decisionRoutes(router, needs)
}

function proposalRoutes(router: Router, needs: StaffNeeds, kind: MeasureKind): void {
  const { db } = needs
  const path = `/equipe-anm/organismes/:id/${PATHS[kind]}`

  const show = async (ctx: Context, visit: Visit, form: object) => {
    const organisation = await organisationAt(ctx, needs)
    const rescue = await findRescue(db, organisation.id)
    const hasDueRescue = rescue !== undefined && rescue.until <= new Date()
    if (!measuresOn({ state: organisation.state, hasDueRescue }).includes(kind)) {
      throw staffProblem('not-now', organisationPath(organisation.id))
    }
    render(ctx, 'staff/pages/propose-measure.njk', {
      ...staffPage(ctx, visit, 'organisations'),
      organisation,
      kind,
      rescue: rescue ? { ...rescue, name: displayName(rescue) } : null,
      form,
      action: ctx.path,
    })
  }

  router.get(path, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    const person = typeof ctx.query['personne'] === 'string' ? ctx.query['personne'] : ''
    if (visit) await show(ctx, visit, { typed: { personne: person.slice(0, 254) }, errors: {} })
  })

  router.post(path, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const organisation = idIn(ctx)
    const form = await (kind === 'appoint'
      ? readForm(ctx, appointForm)
      : readForm(ctx, measureForm))
    if (!form.ok) {
      ctx.status = 422
      return show(ctx, visit, form)
    }
    const { raison: reason, ...named } = form.values as {
      raison: string
      personne?: string
      justificatif?: string
    }
    const outcome = await proposeMeasure(needs, {
      ...{ kind, organisation, staff: visit.account, reason },
      person: named.personne ?? null,
      proof: named.justificatif ?? null,
      now: new Date(),
    })
    if (!outcome.proposed && outcome.because === 'nobody') {
      ctx.status = 422
      return show(ctx, visit, { typed: form.typed, errors: { personne: 'staff.appoint.nobody' } })
    }
    if (!outcome.proposed) throw staffProblem(outcome.because, organisationPath(organisation))
    keepNotice(ctx, 'staff.done.proposed')
    seeOther(ctx, `/equipe-anm/mesures/${outcome.id}`)
  })
}

function decisionRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs
  const path = '/equipe-anm/mesures/:id'

  const show = async (ctx: Context, visit: Visit, errors: object) => {
    const measure = await findMeasure(
      db,
      idIn(ctx as Context & { params: Readonly<Record<string, string>> }),
    )
    if (!measure) throw frameProblem('not-found')
    const { organisation_id: organisation, account_id: account } = measure
    const objections = measure.rescue_id ? await listObjections(db, measure.rescue_id) : []
    render(ctx, 'staff/pages/measure.njk', {
      ...staffPage(ctx, visit, 'organisations'),
      measure: {
        ...measure,
        name: displayName({ ...measure, email: null }),
        proposer: displayName({
          given_name: measure.proposer_given_name,
          family_name: measure.proposer_family_name,
          email: null,
        }),
        isMember:
          account !== null && (await findMembership(db, { organisation, account })) !== undefined,
        because: refusalToDecide(visit.account, {
          state: measure.state,
          account: account ?? '',
          proposedBy: measure.proposed_by,
        }),
      },
      objections: objections.map((one) => ({ ...one, name: displayName({ ...one, email: null }) })),
      form: { typed: {}, errors },
    })
  }

  router.get(path, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    // Of two organisations: decided where both teams are shown.
    if (await findMergeMeasure(db, idIn(ctx))) return seeOther(ctx, `${MERGES}/${idIn(ctx)}`)
    await show(ctx, visit, {})
  })

  router.post(path, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const measure = idIn(ctx)
    const form = await readForm(ctx, decisionForm)
    if (!form.ok) {
      ctx.status = 422
      return show(ctx, visit, form.errors)
    }
    const { decision } = form.values
    const given = { staff: visit.account, measure }
    const refusal =
      decision === 'retirer'
        ? await withdrawMeasure(needs, given)
        : await decideMeasure(needs, {
            ...given,
            decision: DECISIONS[decision],
            now: new Date(),
          })
    if (refusal) throw staffProblem(refusal, '/equipe-anm/organismes')
    keepNotice(ctx, `staff.measure.done.${decision}`)
    seeOther(ctx, '/equipe-anm/organismes')
  })
}
