import { isHttps } from '@myanm/chassis'
import type { Db, Statements } from '@myanm/database'
import type { Context } from 'koa'
import type { Tables } from '../tables.ts'
import type { Engine } from './engine.ts'
import { sessionLifetime } from './lifetimes.ts'
import { levelOf } from './rules.ts'
import { inOneWork } from './unit-of-work.ts'

/**
 * Says of the session of this browser that its person has just proven something more, such as the second
 * factor they set up. It takes a new identifier: what was known of the weaker one opens nothing
 * (ASVS 7.2.4).
 * @param amr what was proven, as RFC 8176 names it
 */
export async function raiseSession(
  ctx: Context,
  needs: {
    readonly db: Db<Tables>
    readonly statements: Statements
    readonly engine: Engine
    readonly config: { readonly PUBLIC_URL: URL }
  },
  amr: readonly string[],
): Promise<void> {
  const provider = needs.engine.provider()
  await inOneWork(needs, { client: undefined, organisation: undefined }, async () => {
    const session = await provider.Session.get(ctx as never)
    if (!session.accountId) return
    session.amr = [...new Set([...(session.amr ?? []), ...amr])]
    session.acr = levelOf(session.amr)
    session.resetIdentifier()
    const lifetime = sessionLifetime(session, Math.floor(Date.now() / 1000))
    await session.save(lifetime)
    ctx.cookies.set(provider.cookieName('session'), session.jti, {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: isHttps(needs.config.PUBLIC_URL),
      signed: false,
      overwrite: true,
      ...(!session.transient && { maxAge: lifetime * 1000 }),
    })
  })
}
