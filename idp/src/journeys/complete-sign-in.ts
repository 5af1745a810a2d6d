import type { Context } from 'koa'
import { hasSecondFactor } from '#authenticators'
import { knownBrowser } from '#credentials'
import { record } from '#journal'
import { AAL2, levelOf, reaches, requiredLevel } from '#rules/oidc'
import { oweSecondFactor } from './halfway.ts'
import { finish, type Journey } from './journey.ts'
import { leaveOtherAccount } from './leave-other-account.ts'
import type { JourneyNeeds } from './needs.ts'
import { pathOf } from './rules.ts'

/** Who has just proven to be who, and how (RFC 8176 for `amr`). */
export interface SignedIn {
  readonly account: string
  readonly amr: readonly string[]
  /** « Rester connecté ». Of a sign-in that runs already: true leaves it as it is. */
  readonly remember: boolean
  /** When the first proof was given, if before now: seconds since the epoch. */
  readonly ts?: number
}

/**
 * The end of every way to sign in: whoever was signed in before leaves, the site gets its answer.
 *
 * And the one door nobody passes with a password alone who has a second factor, whichever way they come:
 * a reset, a confirmed address, a new password (ASVS 6.3.4, 6.4.3).
 * @param given.hasSecondFactor when it is known already; looked up otherwise
 */
export async function completeSignIn(
  ctx: Context,
  needs: JourneyNeeds,
  given: {
    readonly journey: Journey
    readonly person: SignedIn
    readonly hasSecondFactor?: boolean
  },
): Promise<void> {
  const { journey, person } = given
  const { account, amr, remember, ts } = person
  const acr = levelOf(amr)
  if (!reaches(acr, AAL2)) {
    const has = given.hasSecondFactor ?? (await hasSecondFactor(needs.db, account))
    if (!reaches(acr, requiredLevel({ asked: null, hasSecondFactor: has }))) {
      await oweSecondFactor(journey, person, new Date())
      ctx.status = 303
      return ctx.redirect(pathOf('second-factor', journey.uid))
    }
  }
  await leaveOtherAccount(ctx, needs, { journey, account })
  knownBrowser(ctx, needs.config).remember(account)
  await record(needs.db, {
    event: 'signed-in',
    account,
    client: journey.site.clientId,
    details: { how: amr.join(' ') },
  })
  await finish(ctx, journey, {
    login: { accountId: account, amr, acr, remember, ...(ts !== undefined && { ts }) },
    // Whatever was asked of them, signing in or registering: this answers it.
    ...(journey.interaction.prompt.name === 'create' && { create: {} }),
  })
}
