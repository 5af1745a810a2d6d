import type Router from '@koa/router'
import { render } from '@myanm/chassis'
import { whatIsKept } from '#retention'
import { bannerOf, type VisitNeeds, whoIsHere } from '#visits'
import { LEGAL_PAGES } from './rules.ts'

/**
 * The pages a publisher must have (M2, M69). What the product does is told for real; what only the
 * publisher knows is marked as theirs to write, on the page itself.
 */
export function legalRoutes(router: Router, needs: VisitNeeds): void {
  for (const { key, path, parts } of LEGAL_PAGES) {
    router.get(path, async (ctx) => {
      const visit = await whoIsHere(ctx, needs)
      render(ctx, 'help/pages/legal.njk', {
        banner: bannerOf(visit),
        key,
        parts: parts.map((part) => ({ key: part.replace('*', ''), isOpen: part.startsWith('*') })),
        kept: key === 'privacy' ? whatIsKept().sections : [],
      })
    })
  }
}
