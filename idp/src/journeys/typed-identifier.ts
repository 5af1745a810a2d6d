import { isHttps } from '@myanm/chassis'
import type { Context } from 'koa'

const cookieName = (publicUrl: URL): string =>
  isHttps(publicUrl) ? '__Secure-identifiant' : 'identifiant'

/**
 * What was typed at the first step waits in the person's own browser: signed, out of reach of scripts,
 * sent to this journey only, gone when it ends. No address, no log and no table has it.
 */
export function keepIdentifier(
  ctx: Context,
  where: { uid: string; publicUrl: URL },
  typed: string,
) {
  ctx.cookies.set(cookieName(where.publicUrl), Buffer.from(typed).toString('base64url'), {
    path: `/connexion/${where.uid}`,
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps(where.publicUrl),
    signed: true,
    maxAge: 3_600_000,
  })
}

export function readIdentifier(ctx: Context, publicUrl: URL): string | undefined {
  const kept = ctx.cookies.get(cookieName(publicUrl), { signed: true })
  return kept ? Buffer.from(kept, 'base64url').toString() : undefined
}
