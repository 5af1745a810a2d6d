import type Router from '@koa/router'
import { readForm, render, type Typed } from '@myanm/chassis'
import type { Context } from 'koa'
import { type MemberVisit, organisationPage, requireMember, roleTooLow } from '#memberships'
import { listUnits, type Unit } from '#register'
import { seatOnOneLine, showUnit } from '#rules/register'
import { keepNotice } from '#visits'
import { chooseUnit, leaveUnit } from './choose-unit.ts'
import { unitForm } from './forms.ts'
import type { OrganisationDataNeeds } from './needs.ts'
import { getOrganisation } from './profile-store.ts'
import { findChosenUnits } from './unit-store.ts'

const NUMBER = /^[2-8]\d{9}$/
/** Units on a page: the largest organisations have hundreds. */
const PAGE = 40

/** Which of the units the register has of it an organisation works with (4.2.6, ahead 5). */
export function unitRoutes(router: Router, needs: OrganisationDataNeeds): void {
  const { db } = needs

  router.get('/organismes/:organisme/donnees/unites', async (ctx) => {
    const member = await requireMember(ctx, needs, 'org.edit')
    if (!member) return
    await show(ctx, member, { refused: null })
  })

  router.post('/organismes/:organisme/donnees/unites', async (ctx) => {
    const member = await requireMember(ctx, needs, 'org.edit')
    if (!member) return
    const { id: organisation } = member.organisation
    const form = await readForm(ctx, unitForm)
    if (!form.ok) {
      ctx.status = 422
      return show(ctx, member, { refused: form })
    }
    const { unite: number, nom_court: shortName, choix } = form.values
    const chosen = { organisation, account: member.account, number }
    const outcome =
      choix === 'utiliser'
        ? await chooseUnit(needs, { ...chosen, shortName })
        : await leaveUnit(needs, chosen)
    if (outcome === 'not-allowed') throw roleTooLow(member.organisation)
    keepNotice(
      ctx,
      `organisation-data.unit.${outcome === 'no-unit' ? 'none' : choix === 'utiliser' ? 'chosen' : 'left'}`,
    )
    ctx.status = 303
    ctx.redirect(`/organismes/${organisation}/donnees/unites`)
  })

  async function show(
    ctx: Context,
    member: MemberVisit,
    page: {
      readonly refused: {
        readonly typed: Typed
        readonly errors: Readonly<Record<string, string>>
      } | null
    },
  ): Promise<void> {
    const { id } = member.organisation
    const [own, chosen] = [await getOrganisation(db, id), await findChosenUnits(db, id)]
    const { refused } = page
    const last = refused ? before(refused.typed['unite']) : ctx.query['apres']
    const after = typeof last === 'string' && NUMBER.test(last) ? last : ''
    const found = await listUnits(db, {
      ...{ enterprise: own.bce, alsoThese: [...chosen.keys()], after, most: PAGE + 1 },
      language: member.visit.standing.account.language,
    })
    const units = found.slice(0, PAGE)
    render(ctx, 'organisation-data/pages/units.njk', {
      ...organisationPage(ctx, member, 'data'),
      units: units.map((unit) => shownOf(unit, chosen)),
      next: found.length > PAGE ? units.at(-1)?.number : null,
      isFirst: after === '',
      refused: refused?.typed['unite'] ?? null,
      form: { typed: refused?.typed ?? {}, errors: refused?.errors ?? {} },
    })
  }
}

/** The form that was refused stands first, whatever page it was on. */
const before = (number: unknown): string => String(Number(number) - 1)

/** A unit as a page shows it, under the name the organisation gave it or the register's. */
export function shownOf(unit: Unit, chosen: ReadonlyMap<string, string | null>) {
  const { number, name, endedOn } = unit
  return {
    number,
    written: showUnit(number),
    name,
    shortName: chosen.get(number) ?? null,
    isChosen: chosen.has(number),
    address: seatOnOneLine(unit.address),
    endedOn: endedOn === null ? null : new Date(`${endedOn}T12:00:00Z`),
  }
}
