import { addressRange } from '#rules/credentials'
import { recoveryLimits } from './limits.ts'
import type { SendingNeeds } from './needs.ts'
import { sendWayBack } from './send-way-back.ts'

/**
 * An old login was typed at the first step: its mail leaves at once, the person finds it announced on
 * `/connexion/:uid/premiere-connexion` (M57). That this page shows at all tells that the login exists,
 * which the seed wants (D7): one address may find out about thirty of them in a quarter of an hour.
 *
 * @returns false when the address asks too much: answer as if the login were anybody's
 */
export async function beginFirstSignIn(
  needs: SendingNeeds,
  asked: {
    readonly account: string
    readonly client: string | null
    /** Where the request comes from. */
    readonly address: string
  },
): Promise<boolean> {
  const limits = recoveryLimits(needs)
  if (!(await limits.oldLogins.take(addressRange(asked.address))).allowed) return false
  await sendWayBack({ db: needs.db, limits }, asked)
  return true
}
