import { isHttps } from '@myanm/chassis'
import type { Context } from 'koa'

const PATH = '/suppression'

const cookieName = (publicUrl: URL): string =>
  isHttps(publicUrl) ? '__Secure-suppression' : 'suppression'

/**
 * Whose account is about to be deleted, for the pages that come after: nobody is signed in there, and
 * the code of the mail has to be somebody's. Signed, out of reach of scripts, sent to these pages only;
 * it proves nothing.
 */
export function keepLeaving(
  ctx: Context,
  publicUrl: URL,
  leaving: { readonly account: string; readonly until: Date },
): void {
  ctx.cookies.set(cookieName(publicUrl), leaving.account, {
    path: PATH,
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps(publicUrl),
    signed: true,
    expires: leaving.until,
  })
}

export function readLeaving(ctx: Context, publicUrl: URL): string | null {
  return ctx.cookies.get(cookieName(publicUrl), { signed: true }) ?? null
}
