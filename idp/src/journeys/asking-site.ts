import type { Context } from 'koa'

const nameOf = (ctx: Context): string => (ctx.secure ? '__Secure-site' : 'site')
/** A tab that was left open overnight still knows where it was going, in milliseconds. */
const LIFE = 86_400_000
const CLIENT = /^[a-z0-9][a-z0-9-]{1,62}$/

/** Every page of one journey lies below one path, and its cookies go nowhere else. */
const pathOfJourney = (ctx: Context): string => ctx.path.split('/').slice(0, 3).join('/')

/**
 * Which site asked, for when the journey is over and its page is still in front of somebody: the way
 * forward is then that site. Its name is public and opens nothing, so it is not signed.
 */
export function keepAskingSite(ctx: Context, clientId: string): void {
  if (ctx.cookies.get(nameOf(ctx)) === clientId) return
  ctx.cookies.set(nameOf(ctx), clientId, {
    path: pathOfJourney(ctx),
    httpOnly: true,
    sameSite: 'lax',
    secure: ctx.secure,
    signed: false,
    maxAge: LIFE,
  })
}

export function readAskingSite(ctx: Context): string | null {
  const clientId = ctx.cookies.get(nameOf(ctx)) ?? ''
  return CLIENT.test(clientId) ? clientId : null
}
