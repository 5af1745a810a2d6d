import type { Role } from '@myanm/permissions'
import type { Context } from 'koa'
import { safeReturn } from './return-to.ts'

/** The page somebody stands on: this one, or for a form the one it was sent from. */
export function pageOf(ctx: Context, siteUrl: URL): string {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return safeReturn(ctx.originalUrl)
  return pageBefore(ctx, siteUrl)
}

/** The page of this site somebody comes from; its home page when they come from elsewhere. */
export function pageBefore(ctx: Context, siteUrl: URL): string {
  const referrer = URL.parse(ctx.get('referer'))
  return referrer?.origin === siteUrl.origin
    ? safeReturn(`${referrer.pathname}${referrer.search}`)
    : '/'
}

/** Where to sign in, then come back. */
export function signInPath(back: string, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({ ...more, ...(back === '/' ? {} : { retour: back }) })
  return query.size === 0 ? '/connexion' : `/connexion?${query}`
}

/** What a page needs of whoever acts: a role at least, or only that they act for an organisation. */
export interface PageNeed {
  /** The one meant; any of theirs when not said. */
  readonly organisation?: string | undefined
  readonly minimumRole?: Role | undefined
}

/** Where MyANM shows how to get what a page needs, and leads back to it. */
export function needPath(back: string, { organisation, minimumRole }: PageNeed): string {
  return signInPath(back, {
    organisation: organisation ?? 'organisme',
    ...(minimumRole && { minimum_role: minimumRole }),
  })
}

/** Where to register on MyANM, then come back, signed in (M7, M50). */
export function registerPath(back: string): string {
  return back === '/' ? '/inscription' : `/inscription?${new URLSearchParams({ retour: back })}`
}

/** Answers 303: whatever the method was, the next is a GET (RFC 9700 §4.12). */
export function seeOther(ctx: Context, address: string | URL): void {
  ctx.status = 303
  ctx.set('Location', String(address))
  ctx.body = ''
}
