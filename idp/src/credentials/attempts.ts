import { createHmac } from 'node:crypto'
import type { Secret } from '@myanm/chassis'
import type pg from 'pg'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { addressRange } from './rules.ts'

const WINDOW = 15 * 60
const PER_PERSON = 5
const PER_ADDRESS = 30

export type Verdict =
  | { readonly allowed: true; readonly isLast: boolean }
  | { readonly allowed: false; readonly minutes: number }

export interface Attempts {
  /** Counts a try before it is made, so that a hundred at once are a hundred (4.3, yardsticks F36). */
  begin(who: string, address: string): Promise<Verdict>
  /** The try was right: the person's counter is cleared and the address gets its try back. */
  forgive(who: string, address: string): Promise<void>
  /** Whoever has proven their mailbox starts anew, whatever strangers did (4.3.2). */
  forgiveAll(account: string): Promise<void>
}

/**
 * Counters of tries, shared by all processes through PostgreSQL. Known and unknown names are counted
 * alike: a lock says nothing about who has an account.
 */
export function createAttempts(options: {
  readonly pool: pg.Pool
  readonly key: Secret
}): Attempts {
  const limiter = (name: string, points: number) =>
    new RateLimiterPostgres({
      storeClient: options.pool,
      storeType: 'pool',
      tableName: 'attempt',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix: name,
      points,
      duration: WINDOW,
      blockDuration: WINDOW,
    })
  const persons = limiter('person', PER_PERSON)
  const addresses = limiter('address', PER_ADDRESS)
  const hidden = (value: string) =>
    createHmac('sha256', options.key.reveal()).update(`attempt:${value}`).digest('base64url')

  return {
    begin: async (who, address) => {
      try {
        await addresses.consume(hidden(addressRange(address)))
        const person = await persons.consume(hidden(who))
        return { allowed: true, isLast: person.remainingPoints === 0 }
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error
        return { allowed: false, minutes: Math.max(1, Math.ceil(error.msBeforeNext / 60_000)) }
      }
    },
    forgiveAll: async (account) => {
      await persons.delete(hidden(account))
    },
    forgive: async (who, address) => {
      await Promise.all([
        persons.delete(hidden(who)),
        addresses.reward(hidden(addressRange(address))),
      ])
    },
  }
}
