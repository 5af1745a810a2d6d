import { randomInt } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import type { Log } from './log.ts'
import { perRequest } from './per-request.ts'

const reference = perRequest<string>('reference')

/** Crockford's base 32: no letter that is heard or read as another. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Six letters of five bits. An odd step visits all of them before one comes back. */
const ALL = 2 ** 30 - 1
const STEP = 0x2545f491
let last = randomInt(ALL)

/** A reference a person can read aloud: `7F3K-22`. It finds the request's line in the log. */
function newReference(): string {
  last = (last + STEP) & ALL
  let letters = ''
  for (let shift = 25; shift >= 0; shift -= 5) {
    letters += LETTERS[(last >>> shift) & 31]
    if (shift === 10) letters += '-'
  }
  return letters
}

export function referenceOf(ctx: Context): string {
  return reference.get(ctx)
}

/**
 * One line per request: what route, what status, how long. The matched route, never the path or the
 * query: both may carry codes and tokens (ASVS 14.2.1, 16.2.5).
 */
export function requestLog(log: Log): Middleware {
  return async function requestLog(ctx, next) {
    const started = performance.now()
    reference.set(ctx, newReference())
    await next()
    log.info({
      reference: referenceOf(ctx),
      method: ctx.method,
      route: routeOf(ctx),
      status: ctx.status,
      ms: Math.round(performance.now() - started),
    })
  }
}

function routeOf(ctx: Context): string {
  const matched: unknown = (ctx as { _matchedRoute?: unknown })._matchedRoute
  const engine = (ctx as { oidc?: { route?: string } }).oidc?.route
  return typeof matched === 'string' ? matched : (engine ?? 'other')
}
