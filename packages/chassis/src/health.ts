import type { Middleware } from 'koa'

/** Longest a readiness answer may take, in milliseconds: a hanging database is a database away. */
const PATIENCE = 2000

/**
 * `/sante`: this process lives. `/sante/prete`: it can serve (its database answers). Answered before
 * the Host check: a load balancer asks by address.
 */
export function health(ready: () => Promise<unknown>): Middleware {
  return async function health(ctx, next) {
    if (ctx.path === '/sante') {
      ctx.body = { status: 'up' }
      return
    }
    if (ctx.path !== '/sante/prete') return next()
    const isReady = await Promise.race([
      ready().then(
        () => true,
        () => false,
      ),
      new Promise<false>((resolve) => setTimeout(resolve, PATIENCE, false).unref()),
    ])
    ctx.status = isReady ? 200 : 503
    ctx.body = { status: isReady ? 'ready' : 'unavailable' }
  }
}
