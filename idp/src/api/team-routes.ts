import Router from '@koa/router'
import { frameProblem } from '@myanm/chassis'
import { isRole } from '@myanm/permissions'
import type { Context } from 'koa'
import { bearerOf } from '#oidc'
import { type Colleague, findColleagues, listColleagues } from '#organisations'
import { displayName } from '#rules/accounts'
import type { Needs } from '../services.ts'
import { subjectFinder } from './find-by-subject.ts'

/** Members in one answer, whatever the team. */
const PAGE = 100
/** Names asked about at once. */
const MOST_SUBJECTS = 50

const SUBJECT = /^[\w-]{43}$/
const KEY = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/**
 * `GET /api/equipe`: the team of the organisation a token acts for, as each of its members may see it
 * (P18, M53): name, e-mail and role, under the names the asking site knows people by. A site can so say
 * who wrote an offer without keeping anybody’s name (X2).
 *
 * `?sub=…,…` those few, as far as they are of the team; `?role=GESTIONNAIRE` who leads; without,
 * a page at a time, the next one at `next`.
 */
export function teamRoutes(services: Needs<'db' | 'engine' | 'subjectOf'>): Router {
  const { db, subjectOf } = services
  const router = new Router()
  const accountsOf = subjectFinder(services)

  router.get('/api/equipe', async (ctx) => {
    const { organisation, sector } = await bearerOf(ctx, services)
    const { subjects, role, after } = readQuestion(ctx)
    const shown = (colleague: Colleague) => ({
      sub: subjectOf(colleague.account, sector),
      name: displayName(colleague),
      email: colleague.email,
      role: colleague.role,
    })
    if (subjects) {
      const accounts = await accountsOf({ organisation, sector, subjects })
      const found = await findColleagues(db, { organisation, accounts })
      ctx.body = { organisation: { id: organisation }, members: found.map(shown), next: null }
      return
    }
    const found = await listColleagues(db, { organisation, role, after, most: PAGE + 1 })
    const members = found.slice(0, PAGE)
    const last = found.length > PAGE ? members.at(-1) : undefined
    ctx.body = {
      organisation: { id: organisation },
      members: members.map(shown),
      next: last ? nextPage(last.membership, role) : null,
    }
  })
  return router
}

function nextPage(after: string, role: string | null): string {
  const query = new URLSearchParams({ ...(role !== null && { role }), suite: after })
  return `/api/equipe?${query}`
}

/** @throws Problem `bad-request` for what is no question */
function readQuestion(ctx: Context) {
  const query = ctx.URL.searchParams
  const subjects = query.has('sub') ? [...new Set(query.get('sub')?.split(','))] : null
  const role = query.get('role')
  const after = query.get('suite')
  const isOdd =
    (subjects !== null && subjects.length > MOST_SUBJECTS) ||
    (role !== null && !isRole(role)) ||
    (after !== null && !KEY.test(after))
  if (isOdd) throw frameProblem('bad-request')
  // What cannot be a name is nobody’s, and is not looked for.
  return {
    subjects: subjects?.filter((subject) => SUBJECT.test(subject)),
    role: isRole(role) ? role : null,
    after,
  }
}
