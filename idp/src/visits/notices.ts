import { translate } from '@myanm/chassis'
import type { Context } from 'koa'

/** How long the next page may take to open, in milliseconds. */
const LIFE = 60_000

const cookieName = (ctx: Context): string => (ctx.secure ? '__Host-fait' : 'fait')

/**
 * A sentence of our catalogues that waits for the next page, after a form has answered 303. Its key
 * travels in a signed cookie: nobody else chooses what a page of ours says.
 */
export function keepNotice(ctx: Context, key: string): void {
  write(ctx, key)
}

/** What the page has to say first; said, it is not said again. */
export function takeNotice(ctx: Context): object | null {
  const key = ctx.cookies.get(cookieName(ctx), { signed: true })
  if (key === undefined) return null
  write(ctx, null)
  return { kind: 'good', text: translate(ctx, key) }
}

function write(ctx: Context, key: string | null): void {
  ctx.cookies.set(cookieName(ctx), key, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: ctx.secure,
    signed: true,
    ...(key === null ? { expires: new Date(0) } : { maxAge: LIFE }),
  })
}
