import type { Context, Middleware } from 'koa'
import { isHttps } from './config.ts'
import { perRequest } from './per-request.ts'

const formActions = perRequest<Set<string>>('form actions')

/**
 * Strict headers on every response, set before anything else runs so that no branch can miss them
 * (ASVS 3.4, RFC 9700 4.16). `no-store` is the default: who may be cached says so.
 *
 * Referrer-Policy is `same-origin`, not `no-referrer`: the latter makes browsers send `Origin: null`
 * with our own forms, and the CSRF check could no longer tell ours from others'.
 */
export function securityHeaders(options: {
  readonly publicUrl: URL
  readonly formActions: readonly string[]
}): Middleware {
  const https = isHttps(options.publicUrl)

  return async function securityHeaders(ctx, next) {
    const origins = new Set(options.formActions)
    formActions.set(ctx, origins)
    ctx.set({
      'Content-Security-Policy': contentSecurityPolicy(origins),
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'same-origin',
      'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cache-Control': 'no-store',
    })
    if (https) ctx.set('Strict-Transport-Security', 'max-age=63072000; includeSubDomains')
    await next()
  }
}

function contentSecurityPolicy(origins: ReadonlySet<string>): string {
  return [
    "default-src 'none'",
    "base-uri 'none'",
    "connect-src 'self'",
    "font-src 'self'",
    `form-action ${["'self'", ...origins].join(' ')}`,
    "frame-ancestors 'none'",
    "frame-src 'self'",
    "img-src 'self' data:",
    "script-src 'self'",
    "style-src 'self'",
  ].join('; ')
}

/** Lets forms of this page end at one more origin: browsers hold redirects to form-action too. */
export function allowFormAction(ctx: Context, origin: string): void {
  const origins = formActions.get(ctx)
  origins.add(origin)
  ctx.set('Content-Security-Policy', contentSecurityPolicy(origins))
}
