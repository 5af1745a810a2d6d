import { createLimit } from '#credentials'
import { identifierKey } from '#rules/accounts'
import { addressRange } from '#rules/credentials'
import type { Needs } from '../services.ts'
import type { RegistrationLimits } from './needs.ts'

/** A class that registers together behind one address still can. */
const PER_ADDRESS = { name: 'registration', times: 30, seconds: 15 * 60 }

/** Nobody's mailbox is flooded by people who type its address (yardsticks F36). */
const PER_MAILBOX = { name: 'registration-mail', times: 10, seconds: 60 * 60 }

export function createRegistrationLimits({
  pool,
  config,
}: Needs<'pool' | 'config'>): RegistrationLimits {
  const store = { pool, key: config.COOKIE_KEY }
  const addresses = createLimit(store, PER_ADDRESS)
  const mailboxes = createLimit(store, PER_MAILBOX)
  return {
    take: async (address) => {
      const verdict = await addresses.take(addressRange(address))
      return verdict.allowed ? null : verdict.minutes
    },
    mayWriteTo: async (email) => (await mailboxes.take(identifierKey(email))).allowed,
  }
}
