import type Router from '@koa/router'
import { frameProblem, readForm, render } from '@myanm/chassis'
import type { Context } from 'koa'
import { hasSecondFactor } from '#authenticators'
import { listOwnEvents, record } from '#journal'
import { listOrigins } from '#legacy'
import { lettersOf } from '#mail'
import { displayName } from '#rules/accounts'
import { lookAtChange } from '#signals'
import { keepNotice, type Visit } from '#visits'
import { addressForm, reasonForm } from './forms.ts'
import type { StaffNeeds } from './needs.ts'
import { idIn, seeOther, staffPage, staffProblem } from './pages.ts'
import { findPerson, listActions, listMemberships, type PersonFile } from './people-store.ts'
import { propose } from './propose.ts'
import { remindLogin } from './remind-login.ts'
import { type CorrectionKind, gesturesOn } from './rules.ts'
import { requireActingStaff, staffHere } from './staff-here.ts'
import { lift, suspend } from './suspend.ts'

/** Lines of the journal shown to the team. */
const EVENTS = 20

/**
 * The gestures that one of the team does alone, by the last part of their address. After those the sites
 * hear of, the page tells how far that has come.
 */
const ALONE = {
  suspendre: { gesture: 'suspend', act: suspend, done: 'staff.done.suspended', follow: '?suivi=1' },
  retablir: { gesture: 'lift', act: lift, done: 'staff.done.lifted', follow: '?suivi=1' },
  login: { gesture: 'remind-login', act: remindLogin, done: 'staff.done.reminded', follow: '' },
} as const

/** One account: looked at, which its person is told (M30), and what may be done with it. */
export function accountRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs

  router.get('/equipe-anm/comptes/:id', async (ctx) => {
    const visit = staffHere(ctx)
    const person = await personAt(ctx, needs)
    await record(db, { event: 'staff-looked', account: person.id, details: { by: visit.account } })
    const [memberships, letters, events, origins, actions, progress] = await Promise.all([
      listMemberships(db, person.id),
      lettersOf(db, person.id),
      listOwnEvents(db, { account: person.id, before: null, most: EVENTS }),
      listOrigins(db, person.id),
      listActions(db, person.id),
      lookAtChange(ctx, needs, { account: person.id }),
    ])
    render(ctx, 'staff/pages/account.njk', {
      ...staffPage(ctx, visit, null),
      ...(await shownOf(needs, visit, person)),
      ...{ memberships, letters, events, origins, progress },
      actions: actions.map((action) => ({
        ...action,
        by: displayName({ ...action, email: null }),
      })),
      message: messageOf(ctx),
    })
  })

  for (const [name, { gesture, act, done, follow }] of Object.entries(ALONE)) {
    const path = `/equipe-anm/comptes/:id/${name}`

    const show = async (ctx: Context, visit: Visit, form: object) => {
      const person = await personAt(ctx as never, needs)
      const shown = await shownOf(needs, visit, person)
      if (!shown.gestures.includes(gesture)) throw staffProblem('not-now', accountPath(person.id))
      const memberships = await listMemberships(db, person.id)
      render(ctx, 'staff/pages/gesture.njk', {
        ...staffPage(ctx, visit, null),
        ...shown,
        ...{ gesture, form, action: ctx.path, message: messageOf(ctx) },
        managed: memberships.filter(({ role }) => role === 'GESTIONNAIRE'),
      })
    }

    router.get(path, async (ctx) => {
      const visit = await requireActingStaff(ctx, needs)
      if (visit) await show(ctx, visit, { typed: {}, errors: {} })
    })

    router.post(path, async (ctx) => {
      const visit = await requireActingStaff(ctx, needs)
      if (!visit) return
      const account = idIn(ctx)
      const form = await readForm(ctx, reasonForm)
      if (!form.ok) {
        ctx.status = 422
        return show(ctx, visit, form)
      }
      const { raison: reason } = form.values
      const refusal = await act(needs, { staff: visit.account, account, reason })
      if (refusal) throw staffProblem(refusal, accountPath(account))
      keepNotice(ctx, done)
      seeOther(ctx, `${accountPath(account)}${follow}`)
    })
  }

  proposalRoutes(router, needs)
}

/** What one of the team proposes, and another decides on. */
function proposalRoutes(router: Router, needs: StaffNeeds): void {
  const show = async (
    ctx: Context,
    visit: Visit,
    { kind, form }: { readonly kind: CorrectionKind; readonly form: object },
  ) => {
    const person = await personAt(ctx as never, needs)
    const shown = await shownOf(needs, visit, person)
    if (!shown.gestures.includes(kind)) throw staffProblem('not-now', accountPath(person.id))
    render(ctx, 'staff/pages/propose.njk', {
      ...staffPage(ctx, visit, null),
      ...shown,
      ...{ kind, form, action: ctx.path, message: messageOf(ctx) },
    })
  }

  for (const [name, kind] of [
    ['adresse', 'address'],
    ['deuxieme-preuve', 'second-factor'],
  ] as const) {
    const path = `/equipe-anm/comptes/:id/${name}`

    router.get(path, async (ctx) => {
      const visit = await requireActingStaff(ctx, needs)
      if (visit) await show(ctx, visit, { kind, form: { typed: {}, errors: {} } })
    })

    router.post(path, async (ctx) => {
      const visit = await requireActingStaff(ctx, needs)
      if (!visit) return
      const account = idIn(ctx)
      const form =
        kind === 'address' ? await readForm(ctx, addressForm) : await readForm(ctx, reasonForm)
      if (!form.ok) {
        ctx.status = 422
        return show(ctx, visit, { kind, form })
      }
      const { raison: reason, adresse: email = null } = form.values as {
        raison: string
        adresse?: string
      }
      const outcome = await propose(needs, {
        ...{ kind, account, email, reason },
        staff: visit.account,
        message: messageOf(ctx) || null,
      })
      if (!outcome.proposed && outcome.because === 'address-taken') {
        ctx.status = 422
        const errors = { adresse: 'staff.address.taken' }
        return show(ctx, visit, { kind, form: { typed: form.typed, errors } })
      }
      if (!outcome.proposed) throw staffProblem(outcome.because, accountPath(account))
      keepNotice(ctx, 'staff.done.proposed')
      seeOther(ctx, `/equipe-anm/corrections/${outcome.id}`)
    })
  }
}

const accountPath = (id: string): string => `/equipe-anm/comptes/${id}`

/** The message that is being answered, carried from page to page. */
function messageOf(ctx: Context): string {
  const { message } = ctx.query
  return typeof message === 'string' && /^[0-9A-Z]{4}-[0-9A-Z]{4}$/.test(message) ? message : ''
}

async function personAt(
  ctx: { readonly params: Readonly<Record<string, string>> },
  { db }: Pick<StaffNeeds, 'db'>,
): Promise<PersonFile> {
  const person = await findPerson(db, idIn(ctx))
  if (!person) throw frameProblem('not-found')
  return person
}

async function shownOf({ db }: Pick<StaffNeeds, 'db'>, visit: Visit, person: PersonFile) {
  const has = await hasSecondFactor(db, person.id)
  const isOwn = visit.account === person.id
  const { state } = person
  return {
    person,
    name: displayName({ ...person, email: null }) || person.login || person.email || '',
    hasSecondFactor: has,
    isOwn,
    gestures: gesturesOn({ state, hasEmail: person.email !== null, hasSecondFactor: has, isOwn }),
  }
}
