import { frameProblem, type Problem, translate, type Way } from '@myanm/chassis'
import type { Context } from 'koa'
import { bannerOf, takeNotice, type Visit } from '#visits'
import { problem } from '../problems.ts'
import { MOST_LISTED, STAFF_PAGES, type StaffPage, type StaffRefusal, type Turn } from './rules.ts'

/** What every page of the team shows around its content; templates extend `staff/pages/staff-page.njk`. */
export function staffPage(ctx: Context, visit: Visit, current: StaffPage | null): object {
  return {
    banner: bannerOf(visit),
    notice: takeNotice(ctx),
    staffPages: STAFF_PAGES.map(({ key, path }) => ({
      text: translate(ctx, `staff.page.${key}`),
      href: path,
      current: key === current,
    })),
  }
}

/** A refusal of a use case, as a page with a way back. */
export function staffProblem(because: StaffRefusal, back: string): Problem {
  const ways: readonly Way[] = [{ key: 'staff.back', href: back }]
  // Whoever is no longer of the team finds what everybody finds.
  return because === 'not-staff' ? frameProblem('not-found') : problem(`staff-${because}`, { ways })
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

/** An identifier in an address of ours. @throws Problem `not-found` for anything else */
export function idIn(ctx: { readonly params: Readonly<Record<string, string>> }): string {
  const id = ctx.params['id'] ?? ''
  if (!UUID.test(id)) throw frameProblem('not-found')
  return id
}

/** An identifier somewhere in an address; null for anything else. */
export function identifierIn(text: unknown): string | null {
  return typeof text === 'string' && UUID.test(text) ? text : null
}

/** Where a list of a page begins, by its name in the address; one more than is shown says whether it goes on. */
export const turnIn = (ctx: Context, list: string): Turn => ({
  after: identifierIn(ctx.query[list]),
  most: MOST_LISTED + 1,
})

/** A page number in an address: the first one for anything odd, and never so far that counting hurts. */
export function pageIn(ctx: Context): number {
  const page = Number(ctx.query['page'])
  return Number.isInteger(page) && page >= 1 && page <= 1000 ? page : 1
}

export function seeOther(ctx: Context, path: string): void {
  ctx.status = 303
  ctx.redirect(path)
}
