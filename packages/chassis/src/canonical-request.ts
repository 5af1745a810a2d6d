import { isIP } from 'node:net'
import type { Context, Middleware } from 'koa'
import { perRequest } from './per-request.ts'
import { frameProblem } from './problem.ts'

const address = perRequest<string>('client address')

const FORWARDED = [
  'forwarded',
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
  const protocol = publicUrl.protocol.slice(0, -1)

  return async function canonicalRequest(ctx, next) {
    address.set(ctx, addressOf(ctx, trustedProxies))
    for (const name of FORWARDED) delete ctx.req.headers[name]
    delete ctx.req.headers['x-forwarded-for']
    if (ctx.req.headers.host?.toLowerCase() !== publicUrl.host) throw frameProblem('foreign-host')
    Object.defineProperty(ctx.request, 'protocol', { value: protocol })
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
