import type { Context } from 'koa'
import { type Standing, standingOf } from '#accounts'
import type { Needs } from '../services.ts'

export type VisitNeeds = Needs<'config' | 'db' | 'engine'>

/** Somebody signed in to MyANM, on one of its own pages. */
export interface Visit {
  /** Who they are, now. */
  readonly standing: Standing
  readonly account: string
  readonly session: {
    readonly uid: string
    /** When they last proved who they are. */
    readonly signedInAt: Date
    readonly acr: string | null
    readonly amr: readonly string[]
  }
}

/** The person whose session this browser has, as they are now; null when it has none. */
export async function whoIsHere(
  ctx: Context,
  { engine, db }: Needs<'db' | 'engine'>,
): Promise<Visit | null> {
  const session = await engine.provider().Session.get(ctx as never)
  const account = session.accountId
  const standing = account ? await standingOf(db, account, null) : null
  if (!account || standing?.account.state !== 'active') return null
  return {
    standing,
    account,
    session: {
      uid: session.uid,
      signedInAt: new Date((session.loginTs ?? 0) * 1000),
      acr: session.acr ?? null,
      amr: session.amr ?? [],
    },
  }
}
