import Router from '@koa/router'
import { CSRF_FIELD, csrfToken, frameProblem, type Log, readFields, render } from '@myanm/chassis'
import { pageBefore, seeOther, signInPath } from '../addresses.ts'
import type { Cookie } from '../cookies.ts'
import type { MyAnm } from '../myanm/api.ts'
import type { Notices } from '../notices.ts'
import { relyingPartyProblem } from '../problems.ts'
import type { Session } from '../sessions/session.ts'
import type { SessionStore } from '../sessions/store.ts'
import { visits } from '../visit.ts'

export interface SignOutNeeds {
  readonly siteUrl: URL
  readonly myanm: MyAnm
  readonly sessions: SessionStore
  readonly sessionCookie: Cookie
  readonly notices: Notices
  readonly log: Log
}

export function signOutRoutes(needs: SignOutNeeds): Router {
  const { siteUrl, myanm, sessions, sessionCookie, notices, log } = needs
  const router = new Router()

  router.get('/deconnexion', (ctx) => {
    if (!visits.get(ctx).session) return seeOther(ctx, new URL('/deconnecte', siteUrl))
    const form = (partout: 'oui' | 'non') => ({
      action: '/deconnexion',
      csrf: { name: CSRF_FIELD, value: csrfToken(ctx) },
      fields: { partout },
    })
    const stayUrl = pageBefore(ctx, siteUrl)
    render(ctx, 'pages/sign-out.njk', {
      signOut: { here: form('non'), everywhere: form('oui'), stayUrl },
    })
  })

  router.post('/deconnexion', async (ctx) => {
    const scope = (await readFields(ctx)).getAll('partout').join()
    if (scope !== 'oui' && scope !== 'non') throw frameProblem('bad-request')
    const visit = visits.get(ctx)
    const { session } = visit
    if (!session) return seeOther(ctx, new URL('/deconnecte', siteUrl))

    await sessions.remove(session.id)
    sessionCookie.clear(ctx)
    delete visit.session
    log.info({ event: 'signed-out', everywhere: scope === 'oui' }, 'signed out')
    if (scope === 'oui') return seeOther(ctx, await endEverywhere(session))
    await endHere(session)
    notices.keep(ctx, 'good', 'relying-party.notice.signed-out-here')
    seeOther(ctx, siteUrl)
  })

  router.get('/deconnecte', (ctx) => {
    if (visits.get(ctx).session) return seeOther(ctx, new URL('/deconnexion', siteUrl))
    render(ctx, 'sign-out/pages/signed-out.njk', { signInUrl: signInPath('/') })
  })

  /** The session here is over already: that MyANM cannot be told changes nothing for the person. */
  const endHere = async ({ tokens }: Session) => {
    if (tokens.refresh === undefined) return
    await myanm.revoke(tokens.refresh).catch((error) => {
      log.warn({ err: error, event: 'revocation-failed' }, 'refresh token could not be revoked')
    })
  }

  /** Says so when only half is done: somebody on a shared computer must know. */
  const endEverywhere = async ({ tokens }: Session): Promise<URL> => {
    try {
      return await myanm.endSessionUrl({
        post_logout_redirect_uri: new URL('/deconnecte', siteUrl).href,
        ...(tokens.id !== undefined && { id_token_hint: tokens.id }),
      })
    } catch (cause) {
      throw relyingPartyProblem('sign-out-incomplete', { cause, headers: { 'retry-after': '30' } })
    }
  }

  return router
}
