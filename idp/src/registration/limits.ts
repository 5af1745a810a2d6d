import { createLimit } from '#credentials'
import { identifierKey } from '#rules/accounts'
import { addressRange } from '#rules/credentials'
import type { Needs } from '../services.ts'
import type { RegistrationLimits } from './needs.ts'

/** A class that registers together behind one address still can. */
const PER_ADDRESS = { name: 'registration', times: 30, seconds: 15 * 60 }

/** Nobody's mailbox is flooded by people who type its address (yardsticks F36). */
const PER_MAILBOX = { name: 'registration-mail', times: 10, seconds: 60 * 60 }

/** Whoever keeps the books of several has a few; nobody takes numbers by the hundred (D13). */
const PER_ACCOUNT = { name: 'registration-organisation', times: 10, seconds: 24 * 60 * 60 }

export function createRegistrationLimits({
  pool,
  config,
}: Needs<'pool' | 'config'>): RegistrationLimits {
  const store = { pool, key: config.COOKIE_KEY }
  const addresses = createLimit(store, PER_ADDRESS)
  const mailboxes = createLimit(store, PER_MAILBOX)
  const accounts = createLimit(store, PER_ACCOUNT)
  return {
    mayRegisterOrganisation: async (account) => (await accounts.take(account)).allowed,
    take: async (address) => {
      const verdict = await addresses.take(addressRange(address))
      return verdict.allowed ? null : verdict.minutes
    },
    mayWriteTo: async (email) => (await mailboxes.take(identifierKey(email))).allowed,
  }
}
