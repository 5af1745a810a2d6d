import { createHash, randomBytes } from 'node:crypto'
import { isHttps } from '@myanm/chassis'
import type { Context } from 'koa'

/** 256 random bits, in the alphabet of cookies and addresses. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

const SECRET = /^[\w-]{43}$/

/** What is kept of a secret somebody else holds. */
export function fingerprint(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

export interface Cookie {
  read(ctx: Context): string | undefined
  /** @param seconds how long the browser keeps it; until it is closed when not given */
  write(ctx: Context, value: string, seconds?: number): void
  clear(ctx: Context): void
}

/**
 * A cookie of this site. On https its name begins with `__Host-`: no other host can set it. Browsers
 * do not keep cookies of `localhost:3001` and `localhost:3002` apart, so on http the name says whose
 * it is.
 */
export function siteCookie(name: string, of: { publicUrl: URL; clientId: string }): Cookie {
  const secure = isHttps(of.publicUrl)
  const fullName = secure ? `__Host-${name}` : `${name}-${of.clientId}`
  const settings = { secure, httpOnly: true, sameSite: 'lax', path: '/', overwrite: true } as const

  return {
    read: (ctx) => onlyOne(ctx.get('cookie'), fullName),
    write: (ctx, value, seconds) => {
      const life = seconds === undefined ? {} : { maxAge: seconds * 1000 }
      ctx.cookies.set(fullName, value, { ...settings, ...life })
    },
    clear: (ctx) => void ctx.cookies.set(fullName, null, settings),
  }
}

/** The value of a cookie sent once. Sent twice, somebody else may have set one of them: neither counts. */
function onlyOne(header: string, name: string): string | undefined {
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
  return values.length === 1 ? values[0] : undefined
}

/** The value when it has the shape of `newSecret`. */
export function asSecret(value: string | undefined): string | undefined {
  return value !== undefined && SECRET.test(value) ? value : undefined
}
