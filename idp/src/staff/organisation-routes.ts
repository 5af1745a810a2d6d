import type Router from '@koa/router'
import { frameProblem, readForm, render } from '@myanm/chassis'
import { transact } from '@myanm/database'
import type { Context } from 'koa'
import { listPending } from '#invitations'
import { listEscalated, listWaitingAt } from '#join-requests'
import { record } from '#journal'
import { listLegacyConflicts, settleLegacyConflict } from '#legacy'
import { listCeased, listToCheck, markChecked } from '#organisation-data'
import { findOrganisation, findUndoableOf } from '#organisations'
import { displayName } from '#rules/accounts'
import { findRescue, listObjections } from '#transfers'
import { keepNotice, type Visit } from '#visits'
import { refuseTakeOver, removeFromTeam } from './act-on-organisation.ts'
import { nothingForm, reasonForm, removalForm } from './forms.ts'
import { listMeasuresOf, listOpenMeasures } from './measures-store.ts'
import type { StaffNeeds } from './needs.ts'
import {
  findClosingWish,
  findInTeam,
  listOrganisationActions,
  listTeam,
  listVacant,
  searchOrganisations,
} from './organisations-store.ts'
import { identifierIn, idIn, seeOther, staffPage, staffProblem, turnIn } from './pages.ts'
import { byId, MOST_FOUND, measuresOn, pageOf, readOrganisationSearch } from './rules.ts'
import { requireActingStaff, staffHere } from './staff-here.ts'
import { holdMember } from './store.ts'

const LIST = '/equipe-anm/organismes'

/** The lists of what waits, by their names in the address. */
const LISTS = ['mesures', 'vacants', 'verifier', 'arretes', 'demandes', 'conflits']

export const organisationPath = (id: string, rest = ''): string => `${LIST}/${id}${rest}`

const named = (person: {
  readonly given_name: string | null
  readonly family_name: string | null
}): string => displayName({ ...person, email: null })

/** A page of a list, each with the name of the person it is about. */
function shownBy<Row extends object>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  nameOf: (row: Row) => string,
) {
  const { shown, next } = pageOf(rows, keyOf)
  return { shown: shown.map((row) => ({ ...row, person: nameOf(row) })), next }
}

/** Organisations, and what waits for the team about them (M45, M64, X5). */
export function organisationRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs

  router.get(LIST, async (ctx) => {
    const visit = staffHere(ctx)
    const typed = typeof ctx.query['q'] === 'string' ? ctx.query['q'].slice(0, 200) : null
    const search = typed === null ? null : readOrganisationSearch(typed)
    const found = search ? await searchOrganisations(db, search) : []
    const isTooShort = typed !== null && search === null
    if (isTooShort) ctx.status = 422
    const [measures, vacant, toCheck, ceased, escalated, conflicts] = [
      await listOpenMeasures(db, turnIn(ctx, 'mesures')),
      await listVacant(db, turnIn(ctx, 'vacants')),
      await listToCheck(db, turnIn(ctx, 'verifier')),
      await listCeased(db, turnIn(ctx, 'arretes')),
      await listEscalated(db, turnIn(ctx, 'demandes')),
      await listLegacyConflicts(db, turnIn(ctx, 'conflits')),
    ]
    render(ctx, 'staff/pages/organisations.njk', {
      ...staffPage(ctx, visit, 'organisations'),
      form: {
        typed: { q: typed ?? '' },
        errors: isTooShort ? { q: 'staff.search.too-short' } : {},
      },
      searched: search !== null,
      found: found.slice(0, MOST_FOUND),
      hasMore: found.length > MOST_FOUND,
      measures: pageOf(measures, byId),
      vacant: pageOf(vacant, byId),
      toCheck: pageOf(toCheck, byId),
      ceased: pageOf(ceased, byId),
      escalated: pageOf(escalated, byId),
      conflicts: pageOf(conflicts, byId),
      isFurther: LISTS.some((list) => ctx.query[list] !== undefined),
    })
  })

  router.get(`${LIST}/:id`, async (ctx) => {
    const visit = staffHere(ctx)
    const organisation = await organisationAt(ctx, needs)
    const { id } = organisation
    await record(db, { event: 'staff-looked-at-organisation', organisation: id, by: visit.account })
    const [team, invitations, requests, actions, measures, rescue, wish] = [
      await listTeam(db, { organisation: id, ...turnIn(ctx, 'membres') }),
      await listPending(db, { organisation: id, ...turnIn(ctx, 'invitations') }),
      await listWaitingAt(db, { organisation: id, ...turnIn(ctx, 'demandes') }),
      await listOrganisationActions(db, id),
      await listMeasuresOf(db, id),
      await findRescue(db, id),
      await findClosingWish(db, id),
    ]
    const objections = rescue ? await listObjections(db, rescue.id) : []
    const isDue = rescue !== undefined && rescue.until <= new Date()
    render(ctx, 'staff/pages/organisation.njk', {
      ...staffPage(ctx, visit, 'organisations'),
      organisation,
      team: shownBy(team, ({ membership }) => membership, displayName),
      invitations: shownBy(invitations, byId, ({ inviter }) => (inviter ? named(inviter) : '')),
      requests: shownBy(requests, byId, displayName),
      isFurther: ['membres', 'invitations', 'demandes'].some(
        (list) => ctx.query[list] !== undefined,
      ),
      mayCorrect: organisation.kind === 'organisme' && organisation.state !== 'closed',
      actions: actions.map((action) => ({ ...action, by: named(action) })),
      open: measures.find(({ state }) => state === 'proposed') ?? null,
      measures: measures.filter(({ state }) => state !== 'proposed'),
      into: organisation.merged_into
        ? await findOrganisation(db, { id: organisation.merged_into })
        : null,
      undoable: await findUndoableOf(db, id),
      kinds: measuresOn({ state: organisation.state, hasDueRescue: isDue }),
      rescue: rescue ? { ...rescue, name: displayName(rescue), isDue } : null,
      objections: objections.map((objection) => ({ ...objection, name: named(objection) })),
      wish,
    })
  })

  lookedAtRoutes(router, needs)
  aloneRoutes(router, needs)
}

/** What one of the team has looked at, and found in order. */
function lookedAtRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs

  router.post(`${LIST}/:id/verifie`, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    await readForm(ctx, nothingForm)
    const { id: organisation } = await organisationAt(ctx, needs)
    const isDone = await transact(
      db,
      async (tx) =>
        (await holdMember(tx, visit.account)) &&
        markChecked(tx, { organisation, by: visit.account }),
    )
    if (!isDone) throw staffProblem('not-now', organisationPath(organisation))
    keepNotice(ctx, 'staff.done.checked')
    seeOther(ctx, organisationPath(organisation))
  })

  router.post('/equipe-anm/conflits/:id/regle', async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    await readForm(ctx, nothingForm)
    const id = idIn(ctx)
    const isDone = await transact(
      db,
      async (tx) =>
        (await holdMember(tx, visit.account)) &&
        settleLegacyConflict(tx, { id, by: visit.account }),
    )
    if (!isDone) throw staffProblem('not-now', LIST)
    keepNotice(ctx, 'staff.done.conflict')
    seeOther(ctx, LIST)
  })
}

/** What one of the team does alone, and says why. */
function aloneRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs

  const memberAt = async (organisation: string, typed: string) => {
    const membership = identifierIn(typed)
    return membership === null ? undefined : await findInTeam(db, { organisation, membership })
  }

  const showRemoval = async (ctx: Context, visit: Visit, form: object) => {
    const organisation = await organisationAt(ctx, needs)
    const membership = String((ctx as Routed).params['lien'])
    const member = await memberAt(organisation.id, membership)
    if (!member) throw frameProblem('not-found')
    if (member.role === 'GESTIONNAIRE') {
      throw staffProblem('leads', organisationPath(organisation.id))
    }
    render(ctx, 'staff/pages/remove-member.njk', {
      ...staffPage(ctx, visit, 'organisations'),
      organisation,
      member: { ...member, name: displayName(member) },
      form,
    })
    return member
  }

  router.get(`${LIST}/:id/membres/:lien/retirer`, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (visit) await showRemoval(ctx, visit, { typed: {}, errors: {} })
  })

  router.post(`${LIST}/:id/membres/:lien/retirer`, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const organisation = idIn(ctx)
    const form = await readForm(ctx, removalForm)
    if (!form.ok) {
      ctx.status = 422
      return void (await showRemoval(ctx, visit, form))
    }
    const membership = String(ctx.params['lien'])
    const member = await memberAt(organisation, membership)
    if (!member) throw staffProblem('not-now', organisationPath(organisation))
    const refusal = await removeFromTeam(needs, {
      ...{ organisation, membership, account: member.account, staff: visit.account },
      seen: form.values.role,
      reason: form.values.raison,
    })
    if (refusal) throw staffProblem(refusal, organisationPath(organisation))
    keepNotice(ctx, 'staff.done.removed')
    seeOther(ctx, organisationPath(organisation))
  })

  const showRefusal = async (ctx: Context, visit: Visit, form: object) => {
    const organisation = await organisationAt(ctx, needs)
    const rescue = await findRescue(db, organisation.id)
    if (!rescue) throw staffProblem('not-now', organisationPath(organisation.id))
    render(ctx, 'staff/pages/refuse-rescue.njk', {
      ...staffPage(ctx, visit, 'organisations'),
      organisation,
      name: displayName(rescue),
      form,
    })
  }

  router.get(`${LIST}/:id/reprise/refuser`, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (visit) await showRefusal(ctx, visit, { typed: {}, errors: {} })
  })

  router.post(`${LIST}/:id/reprise/refuser`, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const organisation = idIn(ctx)
    const form = await readForm(ctx, reasonForm)
    if (!form.ok) {
      ctx.status = 422
      return showRefusal(ctx, visit, form)
    }
    const rescue = await findRescue(db, organisation)
    const refusal = rescue
      ? await refuseTakeOver(needs, {
          ...{ organisation, rescue: rescue.id, staff: visit.account },
          reason: form.values.raison,
        })
      : 'not-now'
    if (refusal) throw staffProblem(refusal, organisationPath(organisation))
    keepNotice(ctx, 'staff.done.rescue-refused')
    seeOther(ctx, organisationPath(organisation))
  })
}

type Routed = Context & { readonly params: Readonly<Record<string, string>> }

/** @throws Problem `not-found` */
export async function organisationAt(ctx: Context, { db }: Pick<StaffNeeds, 'db'>) {
  const organisation = await findOrganisation(db, { id: idIn(ctx as Routed) })
  if (!organisation) throw frameProblem('not-found')
  return organisation
}
