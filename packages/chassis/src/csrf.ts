import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { isHttps, type Secret } from './config.ts'
import { readFields } from './form.ts'
import { perRequest } from './per-request.ts'
import { frameProblem } from './problem.ts'

export const CSRF_FIELD = 'jeton'

const tokenOf = perRequest<() => string>('form token')
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
const VISITOR = /^[\w-]{22}$/

/**
 * CSRF on every form: the browser's own word on where the request comes from (Sec-Fetch-Site, Origin)
 * and a token bound to a cookie of this site (ASVS 3.5.1, yardsticks F30). The cookie holds 128 random
 * bits and says nothing about the person; the token is its HMAC.
 */
export function csrfProtection(options: {
  readonly key: Secret
  readonly publicUrl: URL
  readonly carriesOwnProof: (path: string) => boolean
}): Middleware {
  const secure = isHttps(options.publicUrl)
  const cookieName = secure ? '__Host-visiteur' : 'visiteur'

  const tokenFor = (visitor: string): string =>
    createHmac('sha256', options.key.reveal()).update(`csrf:${visitor}`).digest('base64url')

  const visitorOf = (ctx: Context): string | undefined => {
    const visitor = ctx.cookies.get(cookieName)
    return visitor !== undefined && VISITOR.test(visitor) ? visitor : undefined
  }

  return async function csrfProtection(ctx, next) {
    // Once per page, however many forms it has: a second cookie would undo the first form's token.
    let token: string | undefined
    tokenOf.set(ctx, () => {
      if (token !== undefined) return token
      const visitor = visitorOf(ctx) ?? randomBytes(16).toString('base64url')
      ctx.cookies.set(cookieName, visitor, { secure, httpOnly: true, sameSite: 'lax', path: '/' })
      token = tokenFor(visitor)
      return token
    })
    if (SAFE.has(ctx.method) || options.carriesOwnProof(ctx.path)) return next()

    const visitor = visitorOf(ctx)
    const fields = await readFields(ctx)
    const given = fields.getAll(CSRF_FIELD)
    const proven =
      comesFromHere(ctx, options.publicUrl) &&
      visitor !== undefined &&
      given.length === 1 &&
      isSame(given[0] ?? '', tokenFor(visitor))
    if (!proven) {
      throw frameProblem('form-expired', {
        ways: [{ key: 'problem.way.back-to-form', href: formOf(ctx) }],
      })
    }
    return next()
  }
}

/** The token of this visitor, for a form; sets the visitor cookie when there is none yet. */
export function csrfToken(ctx: Context): string {
  return tokenOf.get(ctx)()
}

function comesFromHere(ctx: Context, publicUrl: URL): boolean {
  const site = ctx.get('sec-fetch-site')
  const origin = ctx.get('origin')
  return (site === '' || site === 'same-origin') && (origin === '' || origin === publicUrl.origin)
}

/** The page the form stands on: a path of ours, or the home page. */
function formOf(ctx: Context): string {
  const referrer = URL.parse(ctx.get('referer'))
  if (referrer?.host !== ctx.host) return '/'
  // In a link, a path that begins with two slashes is somebody else's host.
  return referrer.pathname.startsWith('//') ? '/' : referrer.pathname + referrer.search
}

function isSame(given: string, expected: string): boolean {
  const left = Buffer.from(given)
  const right = Buffer.from(expected)
  return left.length === right.length && timingSafeEqual(left, right)
}
