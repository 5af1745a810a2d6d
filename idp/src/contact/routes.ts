import Router from '@koa/router'
import { render } from '@myanm/chassis'
import { decide } from '@myanm/permissions'
import type { Context } from 'koa'
import { standingOf } from '#accounts'
import { findOrganisation } from '#organisations'
import { displayName } from '#rules/accounts'
import { actorOf, isIdentifier } from '#rules/memberships'
import { bannerOf, type VisitNeeds, whoIsHere } from '#visits'
import type { Needs } from '../services.ts'
import { type MessageKind, readReference } from './rules.ts'
import { type Letterhead, NOBODY, showForm, takeForm, type WrittenFor } from './write-form.ts'

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
    const organisation = identifierIn(ctx.query['organisme'])
    return {
      ...page,
      writtenFor:
        visit && organisation !== null
          ? await memberOf(needs, { account: visit.account, organisation })
          : null,
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

const identifierIn = (typed: unknown): string | null =>
  typeof typed === 'string' && isIdentifier(typed) ? typed : null

/** The organisation somebody writes for; null when they are not of it, and then nothing is said of it. */
async function memberOf(
  { db }: Needs<'db'>,
  asked: { readonly account: string; readonly organisation: string },
): Promise<WrittenFor | null> {
  const standing = await standingOf(db, asked.account, asked.organisation)
  if (!standing?.organisation) return null
  const { id, name } = standing.organisation
  const decision = decide(actorOf(standing), 'contact.anm')
  const bce = (await findOrganisation(db, { id }))?.bce ?? null
  return { id, name, bce, isFirst: decision.allowed && decision.extent !== 'form' }
}

/** The page that says it arrived. */
function thanksFor(reference: string): string {
  return `/contact/envoye?reference=${reference}`
}
