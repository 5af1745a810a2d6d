import { isHttps } from '@myanm/chassis'
import type { Context } from 'koa'

/** What the pages of one way back tell each other. */
export interface KeptRequest {
  /** The login or the address, as it was typed. */
  readonly typed: string
  /** When its mail was last asked for, and what came of it. */
  readonly askedAt: number
  readonly answer: 'sent' | 'again' | 'soon' | 'changed'
  /** The journey to go on with afterwards. */
  readonly journey?: string | undefined
  /** The site to go back to when that journey is over. */
  readonly client?: string | undefined
}

const PATH = '/mot-de-passe'
const LIFE = 3_600_000

const cookieName = (publicUrl: URL): string =>
  isHttps(publicUrl) ? '__Secure-retrouver' : 'retrouver'

/**
 * Keeps it in the person's own browser: signed, out of reach of scripts, sent to these pages only. What
 * somebody typed who may have no account is in no address, no log and no table.
 */
export function keepRequest(ctx: Context, publicUrl: URL, request: KeptRequest): void {
  ctx.cookies.set(
    cookieName(publicUrl),
    Buffer.from(JSON.stringify(request)).toString('base64url'),
    {
      path: PATH,
      httpOnly: true,
      sameSite: 'lax',
      secure: isHttps(publicUrl),
      signed: true,
      maxAge: LIFE,
    },
  )
}

export function readRequest(ctx: Context, publicUrl: URL): KeptRequest | null {
  const kept = ctx.cookies.get(cookieName(publicUrl), { signed: true })
  return kept ? (JSON.parse(Buffer.from(kept, 'base64url').toString()) as KeptRequest) : null
}
