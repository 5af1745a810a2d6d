import { allowFormAction, answer, Problem, render, translate, type Way } from '@myanm/chassis'
import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider'
import { endSession, isProven } from './sign-out.ts'

/** A site people know, and where it begins. */
export interface SiteOfTheHouse {
  readonly clientId: string
  readonly name: string
  readonly homeUri: string
}

/** Ways to sites, for the page of a problem. */
export function waysTo(sites: readonly SiteOfTheHouse[]): Way[] {
  return sites.map(({ name, homeUri }) => ({
    key: 'oidc.way.site',
    href: homeUri,
    values: { site: name },
  }))
}

/** The pages the engine asks for: its errors and its sign-out. */
export interface EnginePages {
  showError(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error): void
  askToSignOut(ctx: KoaContextWithOIDC, form: string): Promise<void>
  showSignedOut(ctx: KoaContextWithOIDC): void
}

/** @param sites of the house: where somebody whose sign-in has expired can begin again */
export function enginePages(sites: readonly SiteOfTheHouse[]): EnginePages {
  return {
    /**
     * A protocol error that cannot be sent to the site, since the site is not known for sure. People
     * read what happened and where to go; the site's developer reads the protocol's own words.
     */
    showError(ctx, out, error) {
      const expired = error.name === 'SessionNotFound'
      // Another tab was first, or the button was pressed twice: there is nothing to begin again.
      const isIn = expired && ctx.oidc.session?.accountId !== undefined
      const away = out.error === 'temporarily_unavailable'
      const code = isIn
        ? 'signed-in-already'
        : expired
          ? 'sign-in-expired'
          : away
            ? 'unavailable'
            : 'sign-in-refused'
      if (away) ctx.set('Retry-After', '5')
      const asking = sites.filter(({ clientId }) => clientId === ctx.oidc.client?.clientId)
      const ways = waysTo(asking.length > 0 ? asking : expired ? sites : [])
      const technical = [out.error, out.error_description].filter(Boolean).join(': ')
      answer(ctx, new Problem(code, isIn ? 409 : ctx.status, { ways, values: { technical } }))
    },
    askToSignOut,
    showSignedOut(ctx) {
      render(ctx, 'oidc/pages/signed-out.njk', {})
    },
  }
}

async function askToSignOut(ctx: KoaContextWithOIDC): Promise<void> {
  const { session, params, client } = ctx.oidc
  const target = params?.['post_logout_redirect_uri']
  if (session && isProven(ctx)) {
    await endSession(ctx, session)
    ctx.oidc.cookies.set(ctx.oidc.provider.cookieName('session'), null, { path: '/' })
    ctx.status = 303
    ctx.redirect(afterSignOut(ctx))
    return
  }
  if (typeof target === 'string') allowFormAction(ctx, new URL(target).origin)
  render(ctx, 'oidc/pages/sign-out.njk', {
    title: translate(ctx, 'oidc.sign-out.title'),
    action: ctx.oidc.urlFor('end_session_confirm'),
    secret: (session?.state as { secret?: string } | undefined)?.secret,
    site: { key: 'myanm', name: 'MyANM', url: ctx.oidc.issuer, homeUrl: '/' },
    stay: client?.['homeUri'] ?? '/',
  })
}

/** The address the site registered for this, with its state; our own page otherwise. */
export function afterSignOut(ctx: KoaContextWithOIDC): string {
  const { params } = ctx.oidc
  const target = params?.['post_logout_redirect_uri']
  if (typeof target !== 'string') return ctx.oidc.urlFor('end_session_success')
  const url = new URL(target)
  if (typeof params?.['state'] === 'string') url.searchParams.set('state', params['state'])
  return url.href
}
