import Router from '@koa/router'
import { type Log, Problem, readText } from '@myanm/chassis'
import type { Context } from 'koa'
import type { Clock } from '../api.ts'
import type { LogoutTokenStore } from '../back-channel/store.ts'
import type { MyAnm } from '../myanm/api.ts'
import { exchange } from '../myanm/errors.ts'
import { type ReadEvent, readEventToken, type SecurityEvent } from './event-token.ts'
import type { EventStore } from './store.ts'

export const EVENTS_PATH = '/evenements'

/** Between two clean-ups, in milliseconds. */
const CLEAN_UP = 60_000

/**
 * MyANM tells us that somebody's rights have changed, or that a session is over (RFC 8935 §2, CAEP).
 * The token is its own proof: no cookie, no form token. 202 says that it holds here from now on, also
 * when it was told before: MyANM tells it until it hears so.
 */
export function eventRoutes(needs: {
  readonly myanm: MyAnm
  readonly events: EventStore
  readonly logoutTokens: LogoutTokenStore
  readonly clock: Clock
  readonly log: Log
}): Router {
  const { myanm, events, logoutTokens, clock, log } = needs
  const router = new Router()
  let cleanedUp = 0

  router.post(EVENTS_PATH, async (ctx) => {
    const now = clock.now()
    const token = await tokenOf(ctx)
    const read =
      token === undefined ? { refusal: 'invalid_request' as const } : await reading(token)
    if (read === 'unreadable') return answer(ctx, 503, 'temporarily_unavailable')
    if ('refusal' in read) {
      log.warn({ event: 'event-refused', refusal: read.refusal }, 'a security event was refused')
      return answer(ctx, 400, read.refusal)
    }
    const isNew = await apply(read.event, now)
    log.info({ event: 'event-applied', kind: read.event.kind, isNew }, 'MyANM told of a change')
    ctx.status = 202
    ctx.body = ''
    await cleanUp(now)
  })

  /** Without MyANM's keys nothing can be said of a token: it is told again later. */
  const reading = async (token: string): Promise<ReadEvent | 'unreadable'> => {
    try {
      return await exchange(async () =>
        readEventToken(token, {
          by: await myanm.signatory(),
          clientId: myanm.clientId,
          now: clock.now(),
        }),
      )
    } catch (error) {
      log.warn({ err: error, event: 'event-unread' }, 'a security event could not be verified')
      return 'unreadable'
    }
  }

  /** @returns whether it was new */
  const apply = async (event: SecurityEvent, now: Date): Promise<boolean> => {
    if (event.kind === 'rights-changed') return await events.rightsChanged(event, now)
    if (event.kind === 'other' || (await events.isKnown(event.jti))) return false
    const { jti, sub, sid, at } = event
    // Like a sign-out, and for sign-ins under way too; noted last: broken off, it is told again.
    await logoutTokens.apply({ jti, sub, sid, issuedAt: at, expiresAt: now }, now)
    await events.remember(jti, now)
    return true
  }

  const cleanUp = async (now: Date): Promise<void> => {
    if (now.getTime() - cleanedUp < CLEAN_UP) return
    cleanedUp = now.getTime()
    await Promise.all([events.removeExpired(now), logoutTokens.removeExpired(now)])
  }

  return router
}

/** The token of a push, or undefined when the request is none. */
async function tokenOf(ctx: Context): Promise<string | undefined> {
  if (!ctx.is('application/secevent+jwt')) return undefined
  try {
    return (await readText(ctx)).trim()
  } catch (error) {
    if (Problem.is(error)) return undefined
    throw error
  }
}

/** A program reads this (RFC 8935 §2.3): JSON, whatever it says it accepts. */
function answer(ctx: Context, status: number, err: string): void {
  ctx.status = status
  ctx.set('Content-Language', 'en')
  ctx.body = { err, description: DESCRIPTIONS[err] ?? err }
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  invalid_request: 'Not a security event token this site understands',
  invalid_key: 'Not signed with a key of the issuer',
  invalid_issuer: 'Not from the issuer this site trusts',
  invalid_audience: 'Not meant for this site',
  authentication_failed: 'Too old, or from the future: check both clocks',
  temporarily_unavailable: 'The keys of the issuer cannot be had now',
}
