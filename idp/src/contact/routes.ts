import Router from '@koa/router'
import { render } from '@myanm/chassis'
import type { Context } from 'koa'
import { displayName } from '#rules/accounts'
import { bannerOf, type VisitNeeds, whoIsHere } from '#visits'
import type { Needs } from '../services.ts'
import { type MessageKind, readReference } from './rules.ts'
import { type Letterhead, NOBODY, showForm, takeForm } from './write-form.ts'

const PAGES = {
  '/contact': { kind: 'contact', template: 'contact/pages/contact.njk' },
  '/identifiant-oublie': { kind: 'forgotten-login', template: 'contact/pages/forgotten-login.njk' },
} as const satisfies Readonly<Record<string, { kind: MessageKind; template: string }>>

/** Writing to the team, also without an account: the way out of everything else (M58, M64). */
export function contactRoutes(needs: VisitNeeds & Needs<'pool'>): Router {
  const router = new Router()

  for (const [path, page] of Object.entries(PAGES)) {
    router.get(path, async (ctx) => showForm(ctx, await letterhead(ctx, page)))

    router.post(path, async (ctx) => {
      const reference = await takeForm(ctx, needs, await letterhead(ctx, page))
      if (reference === null) return
      ctx.status = 303
      ctx.redirect(thanksFor(reference))
    })
  }

  router.get('/contact/envoye', async (ctx) => {
    const visit = await whoIsHere(ctx, needs)
    const reference = readReference(ctx.query['reference'])
    render(ctx, 'contact/pages/sent.njk', { banner: bannerOf(visit), number: reference })
  })

  async function letterhead(
    ctx: Context,
    page: { readonly kind: MessageKind; readonly template: string },
  ): Promise<Letterhead> {
    const visit = await whoIsHere(ctx, needs)
    return {
      ...page,
      props: { banner: bannerOf(visit) },
      writer: visit
        ? {
            account: visit.account,
            name: displayName(visit.standing.account),
            email: visit.standing.account.email ?? '',
          }
        : NOBODY,
    }
  }

  return router
}

/** The page that says it arrived. */
function thanksFor(reference: string): string {
  return `/contact/envoye?reference=${reference}`
}
