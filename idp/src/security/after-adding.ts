import type { Context } from 'koa'
import { secondFactorsOf } from '#authenticators'
import { raiseSession } from '#oidc'
import { keepNotice, type Visit } from '#visits'
import type { SecurityNeeds } from './needs.ts'
import { goTo, wayOn } from './way-on.ts'

/**
 * A factor was just set up: the session knows it has been proven, and who has no codes on paper yet is
 * led to them, for the day the device is lost.
 */
export async function afterAdding(
  ctx: Context,
  needs: SecurityNeeds,
  added: { readonly visit: Visit; readonly amr: readonly string[]; readonly notice: string },
): Promise<void> {
  await raiseSession(ctx, needs, added.amr)
  keepNotice(ctx, added.notice)
  const { recoveryCodes } = await secondFactorsOf(needs.db, added.visit.account)
  goTo(ctx, wayOn(ctx, needs).pathTo(recoveryCodes > 0 ? '' : '/codes'))
}
