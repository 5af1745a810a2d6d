import type Router from '@koa/router'
import { readForm, render, type Typed, translate } from '@myanm/chassis'
import type { Context } from 'koa'
import { showPhone } from '#accounts'
import { type MemberVisit, organisationPage, requireMember } from '#memberships'
import { keepNotice } from '#visits'
import { changeBilling, changeDescription } from './change-data.ts'
import { billingForm, describingForm } from './forms.ts'
import type { OrganisationDataNeeds } from './needs.ts'
import { mistakesWithPhone, phoneIn } from './phone-in.ts'
import { getOrganisation, type Organisation } from './profile-store.ts'
import { changedFields, isLiable, peppolIdOf, SECTORS, VAT_STATUSES } from './rules.ts'

/** What RESPONSABLES and the GESTIONNAIRE change (P15): the organisation itself, and its billing. */
export function editRoutes(router: Router, needs: OrganisationDataNeeds): void {
  const { db } = needs

  router.get('/organismes/:organisme/donnees/modifier', async (ctx) => {
    const member = await requireMember(ctx, needs, 'org.edit')
    if (!member) return
    const own = await getOrganisation(db, member.organisation.id)
    show(ctx, { member, own, page: 'edit', typed: shownOf(own), errors: {} })
  })

  router.post('/organismes/:organisme/donnees/modifier', async (ctx) => {
    const member = await requireMember(ctx, needs, 'org.edit')
    if (!member) return
    const { id: organisation } = member.organisation
    const form = await readForm(ctx, describingForm, ['secteurs'])
    const { typed } = form
    const errors = mistakesWithPhone(form, Object.keys(describingForm.shape))
    if (!form.ok || Object.keys(errors).length > 0) {
      const own = await getOrganisation(db, organisation)
      return show(ctx, { member, own, page: 'edit', typed, errors })
    }
    const { values } = form
    const outcome = await changeDescription(needs, {
      organisation,
      account: member.account,
      version: values.version,
      told: {
        name: values.nom,
        acronym: values.sigle,
        street: values.rue,
        postcode: values.code_postal,
        locality: values.localite,
        phone: phoneIn(typed),
        email: values.courriel,
        website: values.site,
        sectors: values.secteurs,
      },
    })
    if (outcome === 'changed') return saved(ctx, organisation, 'organisation-data.saved')
    await showClash(ctx, { page: 'edit', typed, shown: shownOf })
  })

  router.get('/organismes/:organisme/donnees/facturation', async (ctx) => {
    const member = await requireMember(ctx, needs, 'org.edit')
    if (!member) return
    const own = await getOrganisation(db, member.organisation.id)
    show(ctx, { member, own, page: 'billing', typed: proposedBilling(own), errors: {} })
  })

  router.post('/organismes/:organisme/donnees/facturation', async (ctx) => {
    const member = await requireMember(ctx, needs, 'org.edit')
    if (!member) return
    const { id: organisation } = member.organisation
    const form = await readForm(ctx, billingForm)
    const { typed } = form
    if (!form.ok) {
      const own = await getOrganisation(db, organisation)
      return show(ctx, { member, own, page: 'billing', typed, errors: form.errors })
    }
    const { values } = form
    const outcome = await changeBilling(needs, {
      organisation,
      account: member.account,
      version: values.version,
      told: {
        name: values.nom_facturation,
        street: values.rue_facturation,
        postcode: values.code_postal_facturation,
        locality: values.localite_facturation,
        email: values.courriel_facturation,
        vatStatus: values.regime_tva,
        reference: values.reference,
        peppolId: isLiable(values.regime_tva) ? values.peppol : null,
      },
    })
    if (outcome === 'changed') return saved(ctx, organisation, 'organisation-data.billing.saved')
    await showClash(ctx, { page: 'billing', typed, shown: billingOf })
  })

  /**
   * Somebody else was first: nothing typed is lost, what holds now stands beside it, and saving again
   * decides (E40). Whose role has changed meanwhile hears that instead.
   */
  async function showClash(
    ctx: Context,
    clash: {
      readonly page: Shown['page']
      readonly typed: Typed
      readonly shown: (own: Organisation) => Record<string, string | readonly string[]>
    },
  ): Promise<void> {
    const member = await requireMember(ctx, needs, 'org.edit')
    if (!member) return
    const own = await getOrganisation(db, member.organisation.id)
    const now = clash.shown(own)
    const beside = changedFields(clash.typed, now)
      .filter((field) => field !== 'version')
      .map((field) => [field, now[field]])
    const typed = { ...clash.typed, version: String(own.version) }
    show(ctx, {
      ...{ member, own, page: clash.page, typed, errors: {} },
      beside: Object.fromEntries(beside),
    })
    ctx.status = 409
  }
}

function saved(ctx: Context, organisation: string, notice: string): void {
  keepNotice(ctx, notice)
  ctx.status = 303
  ctx.redirect(`/organismes/${organisation}/donnees`)
}

/** What is known, as the form shows it. */
function shownOf(own: Organisation): Record<string, string | readonly string[]> {
  return {
    version: String(own.version),
    nom: own.name,
    sigle: own.acronym ?? '',
    rue: own.street ?? '',
    code_postal: own.postcode ?? '',
    localite: own.locality ?? '',
    telephone: own.phone ? showPhone(own.phone) : '',
    courriel: own.email ?? '',
    site: own.website ?? '',
    secteurs: own.sectors,
  }
}

function billingOf(own: Organisation): Record<string, string> {
  return {
    version: String(own.version),
    nom_facturation: own.billing_name ?? '',
    rue_facturation: own.billing_street ?? '',
    code_postal_facturation: own.billing_postcode ?? '',
    localite_facturation: own.billing_locality ?? '',
    regime_tva: own.vat_status ?? '',
    courriel_facturation: own.billing_email ?? '',
    reference: own.purchase_reference ?? '',
    peppol: own.peppol_id ?? '',
  }
}

/** The first time, the name and the seat there are. */
function proposedBilling(own: Organisation): Record<string, string> {
  if (own.billing_name !== null) return billingOf(own)
  return {
    ...billingOf(own),
    nom_facturation: own.name,
    rue_facturation: own.street ?? '',
    code_postal_facturation: own.postcode ?? '',
    localite_facturation: own.locality ?? '',
  }
}

interface Shown {
  readonly member: MemberVisit
  readonly own: Organisation
  readonly page: 'edit' | 'billing'
  readonly typed: Typed
  readonly errors: Readonly<Record<string, string>>
  /** What somebody else has saved meanwhile; absent unless they have. */
  readonly beside?: Readonly<Record<string, unknown>>
}

function show(ctx: Context, { member, own, page, typed, errors, beside }: Shown): void {
  if (Object.keys(errors).length > 0) ctx.status = 422
  render(ctx, `organisation-data/pages/${page}.njk`, {
    ...organisationPage(ctx, member, 'data'),
    form: { typed, errors },
    beside: beside ?? {},
    sectors: SECTORS,
    vatStatuses: VAT_STATUSES,
    peppolId: own.bce === null ? '' : peppolIdOf(own.bce),
    ...(beside && {
      notice: {
        kind: 'bad',
        text: translate(ctx, 'organisation-data.clash', {
          name: own.changedByName ?? translate(ctx, 'organisation-data.clash.somebody'),
        }),
      },
    }),
    hasClash: beside !== undefined,
  })
}
