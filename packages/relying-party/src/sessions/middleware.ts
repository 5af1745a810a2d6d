import { setTimeout as pause } from 'node:timers/promises'
import { type Log, ownForms } from '@myanm/chassis'
import type { Context, Middleware } from 'koa'
import type { Clock } from '../api.ts'
import { asSecret, type Cookie, fingerprint } from '../cookies.ts'
import type { MyAnm } from '../myanm/api.ts'
import { type Visit, visitOf, visits } from '../visit.ts'
import { areRightsOld, expiryOf, hasSlid } from './limits.ts'
import type { Found, Looks } from './look.ts'
import type { Session, SessionVault } from './session.ts'
import type { SessionStore } from './store.ts'

/** Longest a page waits for MyANM when it can go on with what is known, in milliseconds. */
const PAGE_PATIENCE = 2_500

/** Looks in a row that a change outruns, before a page goes on without rights. */
const LOOKS = 3

/**
 * Finds out who asks. A cookie that opens nothing stays where it is: a slow answer that cleared it could
 * sign out the tab that has just signed in.
 */
export function sessionMiddleware(needs: {
  readonly sessions: SessionStore
  readonly vault: SessionVault
  readonly look: Looks
  readonly myanm: MyAnm
  readonly sessionCookie: Cookie
  readonly clock: Clock
  readonly log: Log
}): Middleware {
  const { sessions, vault, look, myanm, sessionCookie, clock, log } = needs

  const open = async (ctx: Context): Promise<Session | undefined> => {
    const secret = asSecret(sessionCookie.read(ctx))
    if (secret === undefined) return undefined
    const now = clock.now()
    const row = await sessions.find(fingerprint(secret), now)
    const session = row && vault.open(row)
    if (!session) return undefined
    const expiresAt = expiryOf(session.endsAt, now)
    if (hasSlid(session.expiresAt, expiresAt)) await sessions.slide(session.id, expiresAt)
    if (!session.isStale && !areRightsOld(session.checkedAt, now)) return session
    if (!myanm.isWorthAsking()) return session
    return settle(session, pause(PAGE_PATIENCE, 'away' as const, { ref: false }))
  }

  /** What a look found; again when a change has come meanwhile. */
  const settle = async (
    session: Session,
    enough: Promise<'away'>,
    looksLeft = LOOKS,
  ): Promise<Session | undefined> => {
    const found: Found = await Promise.race([look.recent(session), enough])
    if (found === 'over') return undefined
    // MyANM's absence changes nothing to reading: what was known a moment ago goes on.
    if (found === 'away') return session
    return found.isStale && looksLeft > 1 ? settle(found, enough, looksLeft - 1) : found
  }

  return async function session(ctx, next) {
    const opened = await open(ctx)
    const visit: Visit = opened ? visitOf(opened) : {}
    if (opened) visit.isOfSomebodyElse = !ownForms(ctx, opened.person.sub)
    visits.set(ctx, visit)
    await next()
    if (visit.toldLeft && visit.session) {
      await sessions.forgetLeftOrganisation(visit.session.id).catch((error) => {
        log.warn({ err: error }, 'what has been said will be said again')
      })
    }
  }
}
