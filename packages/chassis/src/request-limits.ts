import type { Middleware } from 'koa'
import { frameProblem } from './problem.ts'

/** Largest body any of our endpoints reads, in bytes. */
export const BODY_LIMIT = 64 * 1024

/** RFC 8707 §2: several resources may be asked for; everything else is sent once. */
const REPEATABLE = new Set(['resource'])

/**
 * What no handler should have to think of: bodies announced too large, NUL bytes (PostgreSQL refuses
 * them, yardsticks 2.8), malformed percent-encoding and repeated parameters (RFC 6749 §3.1).
 */
export function requestLimits(): Middleware {
  return async function requestLimits(ctx, next) {
    if (Number(ctx.req.headers['content-length'] ?? 0) > BODY_LIMIT) {
      // The rest of the body is never read: the connection cannot be used again.
      throw frameProblem('too-large', { headers: { connection: 'close' } })
    }
    if (!isWellFormed(ctx.path) || !isWellFormed(ctx.querystring)) throw frameProblem('bad-request')
    const seen = new Set<string>()
    for (const name of new URLSearchParams(ctx.querystring).keys()) {
      if (seen.has(name) && !REPEATABLE.has(name)) throw frameProblem('bad-request')
      seen.add(name)
    }
    await next()
  }
}

/** Whether percent-encoded text decodes to valid UTF-8 without NUL. */
export function isWellFormed(encoded: string): boolean {
  try {
    return !decodeURIComponent(encoded.replaceAll('+', ' ')).includes('\u0000')
  } catch {
    // decodeURIComponent has one way to fail: the text is not valid percent-encoded UTF-8.
    return false
  }
}
