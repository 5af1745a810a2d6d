import type Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { needPath, type PageNeed, pageOf, registerPath, signInPath } from './addresses.ts'
import type { RelyingParty, RelyingPartyOptions } from './api.ts'
import { BACK_CHANNEL_PATH, backChannelRoutes } from './back-channel/routes.ts'
import { logoutTokenStore } from './back-channel/store.ts'
import { bannerFor } from './banner.ts'
import { siteCookie } from './cookies.ts'
import { EVENTS_PATH, eventRoutes } from './events/routes.ts'
import { eventStore } from './events/store.ts'
import { connectToMyAnm } from './myanm/connect.ts'
import { notices } from './notices.ts'
import { rights } from './rights.ts'
import { createSeal } from './seal.ts'
import { looks } from './sessions/look.ts'
import { sessionMiddleware } from './sessions/middleware.ts'
import { sessionVault } from './sessions/session.ts'
import { sessionStore } from './sessions/store.ts'
import { signInRoutes } from './sign-in/routes.ts'
import { pendingSignInStore } from './sign-in/store.ts'
import { signOutRoutes } from './sign-out/routes.ts'
import { visits } from './visit.ts'

const SCOPES = ['openid', 'profile', 'email', 'compte', 'organisation']

/** Directories with the words and pages of the kit and of the roles it shows. */
const SOURCES = [
  new URL('.', import.meta.url),
  new URL('.', import.meta.resolve('@myanm/permissions')),
]

/** Everything a Koa site needs to trust MyANM. */
export function relyingParty(options: RelyingPartyOptions): RelyingParty {
  const { issuer, client, site, pool, sealKey, log, account } = options
  const clock = options.clock ?? { now: () => new Date() }
  const cookieOf = { publicUrl: site.url, clientId: client.id }
  const sessionCookie = siteCookie('session', cookieOf)
  const browserCookie = siteCookie('connexion', cookieOf)
  const notice = notices(siteCookie('avis', cookieOf), sealKey)

  const sessions = sessionStore(pool)
  const vault = sessionVault(sealKey)
  const myanm = connectToMyAnm({
    issuer,
    client,
    redirectUri: new URL('/retour', site.url).href,
    scope: (options.scopes ?? SCOPES).join(' '),
  })
  const look = looks({ store: sessions, vault, myanm, clock, log })
  const right = rights({ look, sessions, siteUrl: site.url, myanm, clock })

  const logoutTokens = logoutTokenStore(pool)
  const routers = [
    backChannelRoutes({ myanm, logoutTokens, clock, log }),
    eventRoutes({ myanm, events: eventStore(pool), logoutTokens, clock, log }),
    signInRoutes({
      myanm,
      pending: pendingSignInStore(pool),
      sessions,
      vault,
      proofSeal: createSeal(sealKey, 'sign-in proof'),
      clock,
      siteUrl: site.url,
      sessionCookie,
      browserCookie,
      log,
    }),
    signOutRoutes({ siteUrl: site.url, myanm, sessions, sessionCookie, notices: notice, log }),
  ]

  const backTo = (back: Context | string): string =>
    typeof back === 'string' ? back : pageOf(back, site.url)
  const signInUrl = (back: Context | string) => signInPath(backTo(back))
  const registerUrl = (back: Context | string) => registerPath(backTo(back))
  const switchUrl = (back: Context | string) => signInPath(backTo(back), { contexte: 'choisir' })
  const needUrl = (back: Context | string, need: PageNeed) => needPath(backTo(back), need)
  const banner = (ctx: Context) =>
    bannerFor(visits.find(ctx), {
      signInUrl: signInUrl(ctx),
      registerUrl: registerUrl(ctx),
      switchUrl: switchUrl(ctx),
      accountUrl: account.href,
    })

  return {
    session: sessionMiddleware({ sessions, vault, look, myanm, sessionCookie, clock, log }),
    routes: () => inTurn(routers),
    person: (ctx) => visits.get(ctx).session?.person,
    freshPerson: right.freshPerson,
    requirePerson: right.requirePerson,
    banner,
    signInUrl,
    registerUrl,
    switchUrl,
    needUrl,
    notify: notice.keep,
    api: right.api,
    frameOptions: {
      sources: SOURCES,
      formActions: [issuer.origin],
      carriesOwnProof: (path) => path === BACK_CHANNEL_PATH || path === EVENTS_PATH,
      surroundings: (ctx) => ({ banner: banner(ctx), notice: notice.take(ctx) }),
    },
  }
}

/** Several routers as one middleware. */
function inTurn(routers: readonly Router[]): Middleware {
  const steps = routers.flatMap((router) => [router.routes(), router.allowedMethods()])
  return (ctx, next) => {
    const from = (position: number): Promise<unknown> => {
      const step = steps[position] as Middleware | undefined
      return Promise.resolve(step ? step(ctx, () => from(position + 1)) : next())
    }
    return from(0)
  }
}
