import type Router from '@koa/router'
import { frameProblem, readForm, render } from '@myanm/chassis'
import { transact } from '@myanm/database'
import type { Context } from 'koa'
import { findOrganisation, type Organisation } from '#organisations'
import { readBce } from '#rules/organisations'
import { keepNotice, type Visit } from '#visits'
import { listDuplicates, saveDistinct } from './duplicates-store.ts'
import { reasonForm } from './forms.ts'
import { likelyKept } from './merge-rules.ts'
import { listOpenMerges, listRecentMerges } from './merge-store.ts'
import { viewOfPair } from './merge-view.ts'
import type { StaffNeeds } from './needs.ts'
import { idIn, seeOther, staffPage, staffProblem, turnIn } from './pages.ts'
import { byId, pageOf } from './rules.ts'
import { requireActingStaff, staffHere } from './staff-here.ts'
import { holdMember } from './store.ts'

export const DUPLICATES = '/equipe-anm/doublons'

/** Where two are compared, and their merge is proposed: the one that stays first. */
export const pairPath = (pair: { readonly kept: string; readonly gone: string }, rest = '') =>
  `${DUPLICATES}/${pair.kept}/${pair.gone}${rest}`

/** Organisations that look like one (ahead 5): found, typed by hand, or found to be two. */
export function duplicateRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs

  router.get(DUPLICATES, async (ctx) => {
    const visit = staffHere(ctx)
    const typed = { reste: numberIn(ctx, 'reste'), part: numberIn(ctx, 'part') }
    const isTyped = typed.reste !== null || typed.part !== null
    const kept = await findTyped(needs, typed.reste)
    const gone = await findTyped(needs, typed.part)
    if (kept && gone) return seeOther(ctx, pairPath({ kept: kept.id, gone: gone.id }))
    if (isTyped) ctx.status = 422
    const [pairs, open, recent] = [
      await listDuplicates(db),
      await listOpenMerges(db, turnIn(ctx, 'fusions')),
      await listRecentMerges(db, { ...turnIn(ctx, 'reunis'), now: new Date() }),
    ]
    render(ctx, 'staff/pages/duplicates.njk', {
      ...staffPage(ctx, visit, 'duplicates'),
      pairs: pairs.map((pair) => ({ ...pair, likely: likelyKept(pair.one, pair.other) })),
      open: pageOf(open, byId),
      recent: pageOf(recent, byId),
      isFurther: ['fusions', 'reunis'].some((list) => ctx.query[list] !== undefined),
      form: {
        typed: { reste: typed.reste ?? '', part: typed.part ?? '' },
        errors: isTyped
          ? {
              ...(!kept && { reste: 'staff.duplicates.unknown' }),
              ...(!gone && { part: 'staff.duplicates.unknown' }),
            }
          : {},
      },
    })
  })

  distinctRoutes(router, needs)
}

/** « Ce ne sont pas des doublons »: said once, with the reason, and not proposed again. */
function distinctRoutes(router: Router, needs: StaffNeeds): void {
  const { db } = needs
  const path = `${DUPLICATES}/:id/:autre/distincts`

  const show = async (ctx: Context, visit: Visit, form: object) => {
    render(ctx, 'staff/pages/distinct.njk', {
      ...staffPage(ctx, visit, 'duplicates'),
      ...(await pairAt(ctx, needs)),
      form,
      action: ctx.path,
    })
  }

  router.get(path, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (visit) await show(ctx, visit, { typed: {}, errors: {} })
  })

  router.post(path, async (ctx) => {
    const visit = await requireActingStaff(ctx, needs)
    if (!visit) return
    const { kept, gone } = await pairAt(ctx, needs)
    const form = await readForm(ctx, reasonForm)
    if (!form.ok) {
      ctx.status = 422
      return show(ctx, visit, form)
    }
    const isDone = await transact(db, async (tx) => {
      if (!(await holdMember(tx, visit.account))) return false
      const reason = form.values.raison
      await saveDistinct(tx, { pair: [kept.id, gone.id], by: visit.account, reason })
      return true
    })
    if (!isDone) throw staffProblem('not-staff', DUPLICATES)
    keepNotice(ctx, 'staff.done.distinct')
    seeOther(ctx, DUPLICATES)
  })
}

/** The two organisations in the address. @throws Problem `not-found` */
export async function pairAt(
  ctx: Context,
  { db }: Pick<StaffNeeds, 'db'>,
): Promise<{ readonly kept: Organisation; readonly gone: Organisation }> {
  const { id = '', autre = '' } = (ctx as Routed).params
  const pair = { kept: idIn({ params: { id } }), gone: idIn({ params: { id: autre } }) }
  const found = pair.kept === pair.gone ? null : await viewOfPair(db, pair)
  if (!found) throw frameProblem('not-found')
  return found
}

type Routed = Context & { readonly params: Readonly<Record<string, string>> }

function numberIn(ctx: Context, name: string): string | null {
  const value = ctx.query[name]
  return typeof value === 'string' ? value.slice(0, 40) : null
}

async function findTyped(
  { db }: Pick<StaffNeeds, 'db'>,
  typed: string | null,
): Promise<Organisation | undefined> {
  const bce = typed === null ? null : readBce(typed)
  return bce === null ? undefined : findOrganisation(db, { bce })
}
