import { isHttps } from '@myanm/chassis'
import type { Context } from 'koa'

const COOKIE = 'identifiant'

/**
 * What was typed at the first step waits in the person's own browser: signed, out of reach of scripts,
 * sent to this journey only, gone when it ends. No address, no log and no table has it.
 */
export function keepIdentifier(
  ctx: Context,
  where: { uid: string; publicUrl: URL },
  typed: string,
) {
  ctx.cookies.set(COOKIE, Buffer.from(typed).toString('base64url'), {
    path: `/connexion/${where.uid}`,
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps(where.publicUrl),
    signed: true,
    maxAge: 3_600_000,
  })
}

export function readIdentifier(ctx: Context): string | undefined {
  const kept = ctx.cookies.get(COOKIE, { signed: true })
  return kept ? Buffer.from(kept, 'base64url').toString() : undefined
}
