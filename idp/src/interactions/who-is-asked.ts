import type { Context } from 'koa'
import { findAccount } from '#accounts'
import type { Journey } from '#journeys'
import { isRecent } from '#rules/visits'
import type { InteractionNeeds } from './needs.ts'
import { type Entrance, entranceOf } from './rules.ts'

/** Somebody who is signed in and is asked to prove it again. */
export interface Asked {
  readonly account: string
  /** What they are shown to see that it is them. */
  readonly shownAs: string
  readonly amr: readonly string[]
  /** When they first proved who they are: seconds since the epoch. */
  readonly since: number
}

/**
 * Where this journey begins, and for whom. The engine says why it asks; the session of this browser, as
 * it is now, says who is here: a journey that began before somebody signed out is nobody's.
 */
export async function entranceFor(
  ctx: Context,
  { engine }: Pick<InteractionNeeds, 'engine'>,
  { interaction }: Journey,
): Promise<{ readonly entrance: Entrance; readonly asked: Omit<Asked, 'shownAs'> | null }> {
  const begunBy = interaction.session
  if (!begunBy?.accountId) return { entrance: 'identifier', asked: null }
  const session = await engine.provider().Session.get(ctx as never)
  const { accountId, loginTs: since = 0 } = session
  const isHere = accountId === begunBy.accountId && session.uid === begunBy.uid
  const entrance = entranceOf({
    reasons: interaction.prompt.reasons,
    isHere,
    isRecent: isRecent(new Date(since * 1000), new Date()),
  })
  const asked = isHere && accountId ? { account: accountId, amr: session.amr ?? [], since } : null
  return { entrance, asked }
}

/** Who is asked for their password again, without having to say who they are; null when one has to. */
export async function personAsked(
  ctx: Context,
  needs: Pick<InteractionNeeds, 'engine' | 'db'>,
  journey: Journey,
): Promise<Asked | null> {
  const { entrance, asked } = await entranceFor(ctx, needs, journey)
  if (entrance === 'identifier' || !asked) return null
  const account = await findAccount(needs.db, asked.account)
  return account ? { ...asked, shownAs: account.email ?? account.login ?? '' } : null
}
