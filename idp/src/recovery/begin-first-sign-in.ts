import { recoveryLimits } from './limits.ts'
import type { SendingNeeds } from './needs.ts'
import { sendWayBack } from './send-way-back.ts'

/**
 * An old login was typed at the first step: its mail leaves at once, one a minute, and the person finds
 * it announced on `/connexion/:uid/premiere-connexion` (M57). That this page shows at all tells that the
 * login exists, which the seed wants (D7); how many of them one address may find, the caller limits.
 *
 * @returns whether a mail leaves now; it does not when one has just left, or the account has no address
 */
export function beginFirstSignIn(
  needs: SendingNeeds,
  asked: { readonly account: string; readonly client: string | null },
): Promise<boolean> {
  return sendWayBack({ db: needs.db, limits: recoveryLimits(needs) }, asked)
}
