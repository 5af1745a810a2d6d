import Router from '@koa/router'
import type { Log } from '@myanm/chassis'
import { isRole } from '@myanm/permissions'
import type { Context } from 'koa'
import { seeOther, signInPath } from '../addresses.ts'
import { asSecret, type Cookie, fingerprint, newSecret } from '../cookies.ts'
import { MyAnmError } from '../myanm/errors.ts'
import { relyingPartyProblem } from '../problems.ts'
import { safeReturn } from '../return-to.ts'
import { visits } from '../visit.ts'
import { beginSignIn, finishSignIn, type SignInNeeds, takeSignIn } from './sign-in.ts'

/** What names an organisation, or « personnel ». */
const CONTEXT = /^[A-Za-z0-9-]{1,64}$/

/** In one's own name; for an organisation, whichever. */
const PERSONAL = 'personnel'
const ANY_ORGANISATION = 'organisme'

/** Seconds the browser remembers that it began to sign in. */
const BROWSER_LIFE = 60 * 60

export interface SignInRouteNeeds extends SignInNeeds {
  readonly siteUrl: URL
  readonly sessionCookie: Cookie
  readonly browserCookie: Cookie
  readonly log: Log
}

export function signInRoutes(needs: SignInRouteNeeds): Router {
  const { siteUrl, sessionCookie, browserCookie, log } = needs
  const router = new Router()

  router.get('/connexion', async (ctx) => {
    const returnTo = safeReturn(ctx.query['retour'])
    const parameters = contextAsked(ctx, returnTo)
    const alreadySignedIn = visits.get(ctx).session !== undefined
    if (alreadySignedIn && Object.keys(parameters).length === 0) {
      return seeOther(ctx, new URL(returnTo, siteUrl))
    }
    await leave(ctx, { returnTo, parameters })
  })

  /** « Inscrivez-vous ». Who is signed in already is told so, on MyANM (M7). */
  router.get('/inscription', async (ctx) => {
    const returnTo = safeReturn(ctx.query['retour'])
    await leave(ctx, { returnTo, parameters: { prompt: 'create' } })
  })

  router.get('/retour', async (ctx) => {
    const state = textOf(ctx.query['state'])
    const browser = asSecret(browserCookie.read(ctx)) ?? ''
    const begun = await takeSignIn(needs, { state, browser })
    if (!begun) return comeBackLate(ctx, { state, browser })

    const { proof, returnTo } = begun
    const answer = new URL(`${ctx.path}${ctx.search}`, siteUrl)
    const secret = await finishSignIn(needs, answer, proof).catch((error) => {
      if (MyAnmError.is(error)) {
        const { failure, answer } = error
        log.warn({ err: error, event: 'sign-in-failed', failure, answer }, 'sign-in failed')
      }
      return throwProblem(returnTo)(error)
    })
    if (secret === undefined) throw startAgain('sign-in-expired', returnTo)

    const before = asSecret(sessionCookie.read(ctx))
    if (before !== undefined) await needs.sessions.remove(fingerprint(before))
    sessionCookie.write(ctx, secret)
    log.info({ event: 'signed-in' }, 'signed in')
    seeOther(ctx, new URL(returnTo, siteUrl))
  })

  /** Off to MyANM, to come back to a page of this site. */
  const leave = async (
    ctx: Context,
    asked: { returnTo: string; parameters: Readonly<Record<string, string>> },
  ) => {
    const browser = asSecret(browserCookie.read(ctx)) ?? newSecret()
    const address = await beginSignIn(needs, { browser, ...asked }).catch(
      throwProblem(asked.returnTo),
    )
    browserCookie.write(ctx, browser, BROWSER_LIFE)
    seeOther(ctx, address)
  }

  /** The way back in history leads here: who is signed in goes on to the page they wanted. */
  const comeBackLate = async (ctx: Context, answer: { state: string; browser: string }) => {
    const returnTo = await needs.pending.findReturn({
      id: fingerprint(answer.state),
      browser: fingerprint(answer.browser),
    })
    if (returnTo === undefined || visits.get(ctx).session === undefined) {
      throw startAgain('sign-in-expired', returnTo ?? '/')
    }
    seeOther(ctx, new URL(returnTo, siteUrl))
  }

  return router
}

/**
 * For whom the person wants to act: to be asked on MyANM, or already chosen here (7.4); and what the page
 * they want needs, so that MyANM shows who cannot enter yet what to do, and leads them back here.
 */
function contextAsked(ctx: Context, returnTo: string): Record<string, string> {
  const { contexte, organisation, minimum_role: role } = ctx.query
  const named = typeof organisation === 'string' && CONTEXT.test(organisation)
  const needs = isRole(role) && organisation !== PERSONAL
  if (needs || organisation === ANY_ORGANISATION) {
    return {
      ...(named && { organisation }),
      ...(needs && { minimum_role: role }),
      page: returnTo,
    }
  }
  if (named) return { organisation }
  return contexte === 'choisir' ? { prompt: 'contexte' } : {}
}

function textOf(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** What a failed exchange means to the person who wanted to sign in. */
function throwProblem(returnTo: string): (error: unknown) => never {
  return (error) => {
    if (!MyAnmError.is(error)) throw error
    throw problemOf(error, returnTo)
  }
}

function problemOf(error: MyAnmError, returnTo: string) {
  const { failure, answer } = error
  if (failure === 'grant-over') return startAgain('sign-in-expired', returnTo, error)
  if (failure === 'away' || answer === 'temporarily_unavailable' || answer === 'server_error') {
    return relyingPartyProblem('myanm-away', {
      cause: error,
      headers: { 'retry-after': '30' },
      ways: [{ key: 'relying-party.way.retry', href: signInPath(returnTo) }],
    })
  }
  const cancelled = answer === 'access_denied'
  return startAgain(cancelled ? 'sign-in-cancelled' : 'sign-in-failed', returnTo, error)
}

function startAgain(
  code: 'sign-in-expired' | 'sign-in-cancelled' | 'sign-in-failed',
  returnTo: string,
  cause?: unknown,
) {
  return relyingPartyProblem(code, {
    cause,
    ways: [{ key: 'relying-party.way.start-again', href: signInPath(returnTo) }],
  })
}
