import { createHmac, randomBytes } from 'node:crypto'
import { isHttps, type Secret } from '@myanm/chassis'
import type { Context } from 'koa'

/** As long as browsers keep a cookie, in milliseconds. */
const REMEMBERED = 400 * 86_400_000
/** People who share one browser; the one who came first is forgotten first. */
const MOST = 5
const MARK = /^[\w-]{22}$/

interface Keys {
  readonly PUBLIC_URL: URL
  readonly COOKIE_KEY: Secret
}

/**
 * Browsers that people have signed in with before: strangers who guess at their password elsewhere do
 * not lock them out here (4.3.2, F36).
 *
 * The cookie is a random name of the browser and, for each person, an HMAC of that name and the account:
 * it says who to nobody but us, opens nothing, and saves its owner from other people's failures only.
 */
export function knownBrowser(ctx: Context, { PUBLIC_URL, COOKIE_KEY }: Keys) {
  const secure = isHttps(PUBLIC_URL)
  const cookie = secure ? '__Host-appareil' : 'appareil'
  const sealOf = (name: string, account: string): string =>
    createHmac('sha256', COOKIE_KEY.reveal())
      .update(`known-browser:${name}:${account}`)
      .digest()
      .subarray(0, 16)
      .toString('base64url')
  const read = (): { name: string; seals: readonly string[] } => {
    const [name = '', ...seals] = (ctx.cookies.get(cookie) ?? '').split('.')
    return MARK.test(name)
      ? { name, seals: seals.filter((seal) => MARK.test(seal)).slice(0, MOST) }
      : { name: randomBytes(16).toString('base64url'), seals: [] }
  }

  return {
    /** What this browser is called, if this person has signed in with it before. */
    nameFor(account: string): string | null {
      const { name, seals } = read()
      return seals.includes(sealOf(name, account)) ? name : null
    },
    remember(account: string): void {
      const { name, seals } = read()
      const own = sealOf(name, account)
      const kept = [own, ...seals.filter((seal) => seal !== own)].slice(0, MOST)
      ctx.cookies.set(cookie, [name, ...kept].join('.'), {
        path: '/',
        httpOnly: true,
        sameSite: 'lax',
        secure,
        signed: false,
        maxAge: REMEMBERED,
      })
    },
  }
}
