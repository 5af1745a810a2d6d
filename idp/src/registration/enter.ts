import type { Context } from 'koa'
import { completeSignIn, type Journey } from '#journeys'
import type { RegistrationNeeds } from './needs.ts'

/** The password was chosen, or given, on this journey; the mailbox is proven. */
export function enter(
  ctx: Context,
  needs: RegistrationNeeds,
  { journey, account }: { readonly journey: Journey; readonly account: string },
): Promise<void> {
  return completeSignIn(ctx, needs, { journey, person: { account, amr: ['pwd'], remember: false } })
}
