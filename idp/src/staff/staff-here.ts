import { frameProblem, perRequest } from '@myanm/chassis'
import type { Context, Middleware } from 'koa'
import { AAL2, reaches } from '#rules/oidc'
import { goToSignIn, requireStrongPerson, type Visit, whoIsHere } from '#visits'
import type { StaffNeeds } from './needs.ts'
import { isMember } from './store.ts'

const here = perRequest<Visit>('somebody of the team')

/**
 * The door of the team's pages. For whoever is not of the team there is no such page, whatever its
 * address and the method: nobody learns what the team can do, or who is in it. Whoever is proves it with
 * a second factor before anything is shown.
 */
export function staffOnly(needs: StaffNeeds): Middleware {
  return async (ctx, next) => {
    const visit = await whoIsHere(ctx, needs)
    if (!visit || !(await isMember(needs.db, visit.account))) throw frameProblem('not-found')
    if (!reaches(visit.session.acr, AAL2)) return goToSignIn(ctx, needs, { acr_values: AAL2 })
    here.set(ctx, visit)
    // What is about other people stays on no disk and in no shared cache.
    ctx.set('Cache-Control', 'no-store')
    await next()
  }
}

/** Who of the team is here; the door has been passed. */
export function staffHere(ctx: Context): Visit {
  return here.get(ctx)
}

/** The same for what changes something: proven again when that was more than ten minutes ago. */
export function requireActingStaff(ctx: Context, needs: StaffNeeds): Promise<Visit | null> {
  return requireStrongPerson(ctx, needs)
}
