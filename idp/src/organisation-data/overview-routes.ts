import type Router from '@koa/router'
import { readForm, render } from '@myanm/chassis'
import { outlook } from '@myanm/permissions'
import { showPhone } from '#accounts'
import { organisationPage, requireMember, roleTooLow } from '#memberships'
import { labelsOfForms, listUnits, lookUp } from '#register'
import { seatOnOneLine } from '#rules/register'
import { followChange } from '#signals'
import { keepNotice } from '#visits'
import { COLLEAGUES_ADS, changeOption, decideOnChange } from './change-data.ts'
import { decisionForm, optionForm } from './forms.ts'
import type { OrganisationDataNeeds } from './needs.ts'
import { getOrganisation } from './profile-store.ts'
import { listPendingChanges } from './register-change-store.ts'
import { isLiable, peppolIdOf } from './rules.ts'
import { shownOf } from './unit-routes.ts'
import { findChosenUnits } from './unit-store.ts'

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** What everybody of the team reads of their organisation (M13, P14), and what its GESTIONNAIRE decides. */
export function overviewRoutes(router: Router, needs: OrganisationDataNeeds): void {
  const { db } = needs

  router.get('/organismes/:organisme/donnees', async (ctx) => {
    const member = await requireMember(ctx, needs, 'org.read')
    if (!member) return
    const { id, role } = member.organisation
    const [own, changes] = await Promise.all([getOrganisation(db, id), listPendingChanges(db, id)])
    const { language } = member.visit.standing.account
    const entry = own.bce === null ? null : await lookUp(db, own.bce, language)
    const codes = changes.flatMap(({ what, before, after }) =>
      what === 'form' ? [before, after] : [],
    )
    const forms = await labelsOfForms(db, [own.legal_form, ...codes], language)
    const formOf = (code: string | null) => (code === null ? null : (forms.get(code) ?? code))
    const chosen = await findChosenUnits(db, id)
    const units = await listUnits(db, {
      ...{ enterprise: null, alsoThese: [...chosen.keys()], after: '', most: chosen.size },
      language,
    })
    // Who has just decided sees how far that has come at the sites.
    const isFollowed = role === 'GESTIONNAIRE' && 'suivi' in ctx.query
    const followed = isFollowed ? await followChange(ctx, needs, { organisation: id }) : null
    render(ctx, 'organisation-data/pages/overview.njk', {
      ...organisationPage(ctx, member, 'data'),
      own: {
        ...own,
        seat: seatOnOneLine(own),
        legalForm: formOf(own.legal_form),
        phone: own.phone ? showPhone(own.phone) : null,
        billingAddress: seatOnOneLine({
          street: own.billing_street,
          postcode: own.billing_postcode,
          locality: own.billing_locality,
        }),
        // Shown to who is liable to VAT only (4.2.10).
        peppolId:
          own.bce !== null && isLiable(own.vat_status)
            ? (own.peppol_id ?? peppolIdOf(own.bce))
            : null,
      },
      entry,
      seatThere: entry?.is === 'found' ? seatOnOneLine(entry.seat) : null,
      ceasedOn: entry?.is === 'ceased' ? new Date(`${entry.since}T12:00:00Z`) : null,
      units: units.map((unit) => shownOf(unit, chosen)),
      changes: changes.map((change) =>
        change.what === 'form'
          ? { ...change, before: formOf(change.before), after: formOf(change.after) }
          : change,
      ),
      isManager: role === 'GESTIONNAIRE',
      mayEdit: outlook(member.actor, 'org.edit').allowed,
      isWidened: own.options.includes(COLLEAGUES_ADS),
      followed,
    })
  })

  router.post('/organismes/:organisme/donnees/changements/:changement', async (ctx) => {
    const member = await requireMember(ctx, needs, 'org.edit')
    if (!member) return
    const { id: organisation, role } = member.organisation
    const form = await readForm(ctx, decisionForm)
    const id = ctx.params['changement'] ?? ''
    if (role !== 'GESTIONNAIRE') throw roleTooLow(member.organisation)
    if (form.ok) {
      const done = UUID.test(id)
        ? await decideOnChange(needs, {
            id,
            organisation,
            account: member.account,
            state: form.values.decision === 'reprendre' ? 'applied' : 'set-aside',
          })
        : ({ is: 'settled-already' } as const)
      if (done.is === 'not-allowed') throw roleTooLow(member.organisation)
      keepNotice(ctx, noticeOf(done))
    } else {
      keepNotice(ctx, 'organisation-data.decision.missing')
    }
    ctx.status = 303
    ctx.redirect(`/organismes/${organisation}/donnees`)
  })

  router.post('/organismes/:organisme/donnees/collegues', async (ctx) => {
    const member = await requireMember(ctx, needs, 'org.edit')
    if (!member) return
    const { id: organisation, role } = member.organisation
    const form = await readForm(ctx, optionForm)
    const to = form.ok && form.values.collegues === 'oui' ? 'on' : 'off'
    const isDone =
      role === 'GESTIONNAIRE' &&
      (!form.ok || (await changeOption(needs, { organisation, account: member.account, to })))
    if (!isDone) throw roleTooLow(member.organisation)
    keepNotice(ctx, `organisation-data.option.${form.ok ? 'saved' : 'missing'}`)
    ctx.status = 303
    ctx.redirect(`/organismes/${organisation}/donnees${form.ok ? '?suivi=1' : ''}`)
  })
}

function noticeOf(
  done: Exclude<Awaited<ReturnType<typeof decideOnChange>>, { is: 'not-allowed' }>,
): string {
  if (done.is === 'settled-already') return 'organisation-data.change.settled'
  if (done.is === 'applied' && done.what === 'ceased')
    return 'organisation-data.change.ceased.applied'
  if (done.is === 'applied' && done.what === 'form') return 'organisation-data.change.form.applied'
  return `organisation-data.change.${done.is}`
}
