import type { Context, Middleware } from 'koa'
import { pageOf, seeOther, signInPath } from './addresses.ts'
import type { Clock, Person, RelyingParty } from './api.ts'
import type { MyAnm } from './myanm/api.ts'
import { MyAnmError } from './myanm/errors.ts'
import { relyingPartyProblem } from './problems.ts'
import type { Looks } from './sessions/look.ts'
import type { Session } from './sessions/session.ts'
import type { SessionStore } from './sessions/store.ts'
import { type Visit, visitOf, visits } from './visit.ts'

/** An access token with less left, in milliseconds, is refreshed before it is sent. */
const MARGIN = 5_000

/** Looks in a row that a change outruns, before a write is refused. */
const LOOKS = 3

/** What a site may rely on about a person: known, fresh, or said by MyANM's own API. */
export function rights(needs: {
  readonly look: Looks
  readonly sessions: SessionStore
  readonly siteUrl: URL
  readonly myanm: MyAnm
  readonly clock: Clock
}): Pick<RelyingParty, 'freshPerson' | 'requirePerson' | 'api'> {
  const { look, sessions, siteUrl, myanm, clock } = needs

  const signedOut = (ctx: Context) =>
    relyingPartyProblem('signed-out', {
      ways: [{ key: 'relying-party.way.sign-in', href: signInPath(pageOf(ctx, siteUrl)) }],
    })
  const away = (ctx: Context, cause?: unknown) =>
    relyingPartyProblem('myanm-away', {
      cause,
      headers: { 'retry-after': '30' },
      ways: [{ key: 'relying-party.way.back', href: pageOf(ctx, siteUrl) }],
    })

  /**
   * The session as MyANM sees it now; fails closed. A change that was acknowledged while the rights were
   * on their way is one that holds here already (7.5): they are read again, and nothing is written with
   * rights that keep changing.
   */
  const lookNow = async (ctx: Context, session: Session, looksLeft = LOOKS): Promise<Session> => {
    const visit: Visit = visits.get(ctx)
    const found = await look.now(session)
    if (found === 'away') throw away(ctx)
    if (found === 'over') {
      delete visit.session
      throw signedOut(ctx)
    }
    Object.assign(visit, visitOf(found))
    if (!found.isStale) return found
    if (looksLeft > 1) return lookNow(ctx, found, looksLeft - 1)
    throw relyingPartyProblem('rights-changing', {
      headers: { 'retry-after': '1' },
      ways: [{ key: 'relying-party.way.back', href: pageOf(ctx, siteUrl) }],
    })
  }

  const lookFresh = async (ctx: Context): Promise<Person> => {
    const { session, isOfSomebodyElse } = visits.get(ctx)
    if (!session) throw signedOut(ctx)
    // A page one has left open does nothing for who has signed in here since.
    if (isOfSomebodyElse) {
      throw relyingPartyProblem('somebody-else', {
        ways: [{ key: 'relying-party.way.back', href: pageOf(ctx, siteUrl) }],
      })
    }
    const { id, leftOrganisation, person } = await lookNow(ctx, session)
    if (leftOrganisation === null) return person
    await sessions.forgetLeftOrganisation(id)
    throw relyingPartyProblem('organisation-left', {
      values: { organisation: leftOrganisation },
      ways: [
        {
          key: 'relying-party.way.act-for',
          href: signInPath(pageOf(ctx, siteUrl), { contexte: 'choisir' }),
        },
      ],
    })
  }

  const freshPerson = (ctx: Context): Promise<Person> => {
    const visit = visits.get(ctx)
    visit.fresh ??= lookFresh(ctx)
    return visit.fresh
  }

  const requirePerson: Middleware = async (ctx, next) => {
    if (visits.get(ctx).session) return next()
    const wantsPage = ctx.method === 'GET' || ctx.method === 'HEAD'
    if (!wantsPage || ctx.accepts('html', 'json') === 'json') throw signedOut(ctx)
    seeOther(ctx, new URL(signInPath(pageOf(ctx, siteUrl)), siteUrl))
  }

  /** Sends the access token; refreshes it first when spent, once more when it is refused. */
  const read = async (ctx: Context, path: string): Promise<Response> => {
    const { session } = visits.get(ctx)
    if (!session) throw signedOut(ctx)
    const isSpent = session.accessExpiresAt.getTime() - clock.now().getTime() < MARGIN
    const { tokens } = isSpent ? await lookNow(ctx, session) : session
    try {
      return await myanm.read(tokens.access, path)
    } catch (error) {
      if (!MyAnmError.is(error) || error.failure !== 'token-refused') throw error
      const again = await lookNow(ctx, session)
      return await myanm.read(again.tokens.access, path)
    }
  }

  const api = async (ctx: Context, path: string): Promise<unknown> => {
    try {
      const response = await read(ctx, path)
      if (response.status === 200) return await response.json()
      await response.body?.cancel()
      if (response.status === 403 || response.status === 404) return undefined
      throw new MyAnmError('away', new Error(`MyANM answered ${response.status}`))
    } catch (error) {
      throw MyAnmError.is(error) ? away(ctx, error) : error
    }
  }

  return { freshPerson, requirePerson, api }
}
