import Router from '@koa/router'
import { type Log, Problem, readFields } from '@myanm/chassis'
import type { Context } from 'koa'
import type { Clock } from '../api.ts'
import type { MyAnm } from '../myanm/api.ts'
import { exchange } from '../myanm/errors.ts'
import { readLogoutToken } from './logout-token.ts'
import type { LogoutTokenStore } from './store.ts'

export const BACK_CHANNEL_PATH = '/deconnexion-centrale'

/**
 * MyANM tells us that somebody signed out (OIDC Back-Channel Logout 1.0). The token is its own proof: no
 * cookie, no form token. 200 also when nothing was left to end, and when it is told again: MyANM
 * retries until it hears so.
 */
export function backChannelRoutes(needs: {
  readonly myanm: MyAnm
  readonly logoutTokens: LogoutTokenStore
  readonly clock: Clock
  readonly log: Log
}): Router {
  const { myanm, logoutTokens, clock, log } = needs
  const router = new Router()

  router.post(BACK_CHANNEL_PATH, async (ctx) => {
    const now = clock.now()
    const token = await tokenOf(ctx)
    const logout = token === undefined ? undefined : await read(token, now)
    if (logout === 'unreadable') return refuse(ctx, 503, 'temporarily_unavailable')
    if (logout === undefined) {
      log.warn({ event: 'logout-token-refused' }, 'a logout token was refused')
      return refuse(ctx, 400, 'invalid_request')
    }
    const ended = await logoutTokens.apply(logout, now)
    await logoutTokens.removeExpired(now)
    log.info({ event: 'signed-out-by-myanm', ended }, 'MyANM ended a sign-in')
    ctx.status = 200
    ctx.body = ''
  })

  /** Without MyANM's keys nothing can be said of a token: it is told again later. */
  const read = async (token: string, now: Date) => {
    try {
      return await exchange(async () =>
        readLogoutToken(token, { by: await myanm.signatory(), clientId: myanm.clientId, now }),
      )
    } catch (error) {
      log.warn({ err: error, event: 'logout-token-unread' }, 'a logout token could not be verified')
      return 'unreadable'
    }
  }

  return router
}

/** The token of the form, or undefined when the request is not such a form. */
async function tokenOf(ctx: Context): Promise<string | undefined> {
  try {
    const tokens = (await readFields(ctx)).getAll('logout_token')
    return tokens.length === 1 ? tokens[0] : undefined
  } catch (error) {
    if (Problem.is(error)) return undefined
    throw error
  }
}

/** A program reads this: JSON, whatever it says it accepts. */
function refuse(ctx: Context, status: number, error: string): void {
  ctx.status = status
  ctx.body = { error }
}
