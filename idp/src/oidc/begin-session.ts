import { isHttps } from '@myanm/chassis'
import type { Db, Statements } from '@myanm/database'
import type { Context } from 'koa'
import type { Tables } from '../tables.ts'
import type { Engine } from './engine.ts'
import { sessionLifetime } from './lifetimes.ts'
import { levelOf } from './rules.ts'
import { inOneWork } from './unit-of-work.ts'

/**
 * Signs somebody in who has made their account in this browser a moment ago, outside of any journey: they
 * have just chosen the password they would otherwise be asked for. Not for an account that was there
 * before: that one is entered by its own door, with all it has set up (`completeSignIn`).
 *
 * The session has an identifier nobody has seen before, whatever cookie came along (fixation, ASVS 7.2.4).
 * @returns what other tables know the session by; null when somebody is signed in here already
 */
export async function beginSession(
  ctx: Context,
  needs: {
    readonly db: Db<Tables>
    readonly statements: Statements
    readonly engine: Engine
    readonly config: { readonly PUBLIC_URL: URL }
  },
  person: { readonly account: string; readonly amr: readonly string[] },
): Promise<string | null> {
  const provider = needs.engine.provider()
  let begun: string | null = null
  await inOneWork(needs, { client: undefined, organisation: undefined }, async () => {
    const session = await provider.Session.get(ctx as never)
    if (session.accountId) return
    const now = Math.floor(Date.now() / 1000)
    session.loginAccount({
      accountId: person.account,
      loginTs: now,
      amr: [...person.amr],
      acr: levelOf(person.amr),
      transient: true,
    })
    session.resetIdentifier()
    await session.save(sessionLifetime(session, now))
    ctx.cookies.set(provider.cookieName('session'), session.jti, {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: isHttps(needs.config.PUBLIC_URL),
      signed: false,
      overwrite: true,
    })
    begun = session.uid
  })
  return begun
}
