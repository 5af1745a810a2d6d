import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { isHttps, type Secret } from './config.ts'
import { readFields } from './form.ts'
import { perRequest } from './per-request.ts'
import { frameProblem } from './problem.ts'

export const CSRF_FIELD = 'jeton'

interface Forms {
  /** The token of a form that is shown. */
  token(): string
  /** See `ownForms`. */
  own(person: string): boolean
}

const formsOf = perRequest<Forms>('form token')
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
const VISITOR = /^[\w-]{22}$/

/** Characters of an HMAC: a token is that of the visitor, and of a person's form that of the person too. */
const SEAL = 43

/**
 * CSRF on every form: the browser's own word on where the request comes from (Sec-Fetch-Site, Origin)
 * and a token bound to a cookie of this site (ASVS 3.5.1, yardsticks F30). The cookie holds 128 random
 * bits and says nothing about the person; the token is its HMAC. Whose form it is stands behind it, as
 * another HMAC.
 */
export function csrfProtection(options: {
  readonly key: Secret
  readonly publicUrl: URL
  readonly carriesOwnProof: (path: string) => boolean
}): Middleware {
  const secure = isHttps(options.publicUrl)
  const cookieName = secure ? '__Host-visiteur' : 'visiteur'

  const seal = (words: string): string =>
    createHmac('sha256', options.key.reveal()).update(words).digest('base64url')
  const sealOf = (visitor: string): string => seal(`csrf:${visitor}`)
  const sealOfOwner = (visitor: string, person: string): string => seal(`csrf:${visitor}:${person}`)

  const visitorOf = (ctx: Context): string | undefined => {
    const visitor = ctx.cookies.get(cookieName)
    return visitor !== undefined && VISITOR.test(visitor) ? visitor : undefined
  }

  return async function csrfProtection(ctx, next) {
    let shownTo: string | undefined
    let owner: string | undefined
    let token: string | undefined
    let sentBy = ''
    /** Once per page, however many forms it has: a second cookie would undo the first form's token. */
    const show = (): string => {
      const visitor = visitorOf(ctx) ?? randomBytes(16).toString('base64url')
      ctx.cookies.set(cookieName, visitor, { secure, httpOnly: true, sameSite: 'lax', path: '/' })
      return visitor
    }
    formsOf.set(ctx, {
      token: () => {
        shownTo ??= show()
        token ??= sealOf(shownTo) + (owner === undefined ? '' : sealOfOwner(shownTo, owner))
        return token
      },
      own: (person) => {
        // A page of a team has a form for each member: its token is made once for whom it is shown to.
        if (owner !== person) token = undefined
        owner = person
        return sentBy === '' || isSame(sentBy, sealOfOwner(visitorOf(ctx) ?? '', person))
      },
    })
    if (SAFE.has(ctx.method) || options.carriesOwnProof(ctx.path)) return next()

    const visitor = visitorOf(ctx)
    const fields = await readFields(ctx)
    const given = fields.getAll(CSRF_FIELD)
    const sent = given[0] ?? ''
    const proven =
      comesFromHere(ctx, options.publicUrl) &&
      visitor !== undefined &&
      given.length === 1 &&
      (sent.length === SEAL || sent.length === 2 * SEAL) &&
      isSame(sent.slice(0, SEAL), sealOf(visitor))
    if (!proven) {
      throw frameProblem('form-expired', {
        ways: [{ key: 'problem.way.back-to-form', href: formOf(ctx) }],
      })
    }
    sentBy = sent.slice(SEAL)
    return next()
  }
}

/** The token of this visitor, for a form; sets the visitor cookie when there is none yet. */
export function csrfToken(ctx: Context): string {
  return formsOf.get(ctx).token()
}

/**
 * The forms this request shows are this person's from here on, and so is the one it was sent with: in a
 * browser that several use, a page one has left open would otherwise do to another who signed in since
 * what it says to the first. A form that was shown to nobody in particular is anybody's.
 * @returns false when the form that was sent was shown to somebody else
 */
export function ownForms(ctx: Context, person: string): boolean {
  return formsOf.get(ctx).own(person)
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
