import { isIP } from 'node:net'
import type { Context, Middleware } from 'koa'
import { isHttps } from './config.ts'
import { perRequest } from './per-request.ts'
import { frameProblem } from './problem.ts'

const address = perRequest<string>('client address')

const FORWARDED = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-original-url',
  'x-rewrite-url',
] as const

/**
 * One address, ours: a foreign Host is refused (421), forwarding headers are dropped, and the protocol
 * is that of our public address. No link can then be built from what a client sent (yardsticks F33,
 * ASVS 4.1.3).
 */
export function canonicalRequest(options: {
  readonly publicUrl: URL
  readonly trustedProxies: number
}): Middleware {
  const { publicUrl, trustedProxies } = options
  const https = isHttps(publicUrl)

  return async function canonicalRequest(ctx, next) {
    address.set(ctx, addressOf(ctx, trustedProxies))
    const { headers } = ctx.req
    // Only what is there: deleting makes the object slow for everybody after us.
    for (const name of FORWARDED) if (headers[name] !== undefined) delete headers[name]
    if (headers.host?.toLowerCase() !== publicUrl.host) throw frameProblem('foreign-host')
    // Behind our proxy we are spoken to in http; Koa believes this header (`app.proxy`), which is ours.
    if (https) headers['x-forwarded-proto'] = 'https'
    await next()
  }
}

/**
 * The address a request comes from. With n proxies of ours in front, the n-th entry of
 * X-Forwarded-For from the right is the one our outermost proxy saw; an entry that is no address falls
 * back to the connection's own, so that a garbled header cannot skip a limit.
 */
function addressOf(ctx: Context, trustedProxies: number): string {
  const own = ctx.req.socket.remoteAddress ?? ''
  if (trustedProxies === 0) return own
  const entries = String(ctx.req.headers['x-forwarded-for'] ?? '').split(',')
  const entry = entries.at(-trustedProxies)?.trim() ?? ''
  return isIP(entry) === 0 ? own : entry
}

/** The address found by `canonicalRequest`. */
export function clientAddress(ctx: Context): string {
  return address.get(ctx)
}
