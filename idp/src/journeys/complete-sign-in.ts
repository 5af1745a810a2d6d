import type { Context } from 'koa'
import { finish, type Journey } from './journey.ts'
import { leaveOtherAccount } from './leave-other-account.ts'
import type { JourneyNeeds } from './needs.ts'

/** Who has just proven to be who, and how (RFC 8176 for `amr`). */
export interface SignedIn {
  readonly account: string
  readonly amr: readonly string[]
  readonly acr?: string
  /** « Rester connecté ». */
  readonly remember: boolean
}

/** The end of every way to sign in: whoever was signed in before leaves, the site gets its answer. */
export async function completeSignIn(
  ctx: Context,
  needs: JourneyNeeds,
  { journey, person }: { journey: Journey; person: SignedIn },
): Promise<void> {
  await leaveOtherAccount(ctx, needs, { journey, account: person.account })
  const { account, ...how } = person
  await finish(ctx, needs.engine, {
    login: { accountId: account, ...how },
    // Whatever was asked of them, signing in or registering: this answers it.
    ...(journey.interaction.prompt.name === 'create' && { create: {} }),
  })
}
