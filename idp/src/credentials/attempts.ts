import { createHmac } from 'node:crypto'
import type { Secret } from '@myanm/chassis'
import type pg from 'pg'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { addressRange } from './rules.ts'

const WINDOW = 15 * 60
const PER_PERSON = 5
const PER_ADDRESS = 30
/** Names tried in vain from one address before it looks like somebody going through a list (F36). */
const MANY_NAMES = 10

export type Verdict =
  | { readonly allowed: true; readonly isLast: boolean }
  | { readonly allowed: false; readonly minutes: number }

/** A try, before it is made. */
export interface Try {
  /** The account, or a mark for nobody's. */
  readonly who: string
  readonly address: string
  /** What this browser is known by to that account, when its person has signed in with it before. */
  readonly browser: string | null
}

/** Each method that counts does so before the try is made: a hundred at once are a hundred (4.3, F36). */
export interface Attempts {
  /** A try at a password. */
  begin(attempt: Try): Promise<Verdict>
  /** The try was right: its counter is cleared and the address gets its try back. */
  forgive(attempt: Try): Promise<void>
  /** The try was right and opens nothing yet: it is given back, those before it stay counted. */
  giveBack(attempt: Try): Promise<void>
  /** A try at a second factor, of whichever kind: they share one counter. */
  beginSecond(account: string, address: string): Promise<Verdict>
  forgiveSecond(account: string, address: string): Promise<void>
  /** A try at a passkey of somebody not named yet. */
  beginUnnamed(address: string): Promise<Verdict>
  forgiveUnnamed(address: string): Promise<void>
  /** An old login recognised before any password (M57, D7): how many one address may find. */
  beginOldLogin(address: string): Promise<Verdict>
  /** @returns true once, when this address has failed with many names: to be written down */
  noteFailure(failed: Pick<Try, 'who' | 'address'>): Promise<boolean>
  /**
   * Whoever has proven their mailbox may try their password anew, whatever strangers did (4.3.2). Not
   * their second factor: a mailbox that was broken into would give new tries at it, again and again.
   */
  forgiveAll(account: string): Promise<void>
}

/**
 * Counters of tries, shared by all processes through PostgreSQL. Known and unknown names are counted
 * alike: a lock says nothing about who has an account.
 *
 * A browser its person has signed in with before counts for itself: strangers can close the way for
 * each other, not for the owner at home.
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
  const browsers = limiter('browser', PER_PERSON)
  const seconds = limiter('second', PER_PERSON)
  const addresses = limiter('address', PER_ADDRESS)
  const oldLogins = limiter('old-login', PER_ADDRESS)
  const pairs = limiter('pair', 1)
  const names = limiter('names', MANY_NAMES)
  const hidden = (value: string) =>
    createHmac('sha256', options.key.reveal()).update(`attempt:${value}`).digest('base64url')
  const rangeOf = (address: string) => hidden(addressRange(address))
  const together = (left: string, right: string) => hidden(`${left} ${right}`)

  return {
    begin: async ({ who, address, browser }) =>
      browser === null
        ? verdictOf(async () => {
            await addresses.consume(rangeOf(address))
            return persons.consume(hidden(who))
          })
        : verdictOf(() => browsers.consume(together(who, browser))),
    forgive: async ({ who, address, browser }) => {
      await Promise.all(
        browser === null
          ? [persons.delete(hidden(who)), addresses.reward(rangeOf(address))]
          : [browsers.delete(together(who, browser))],
      )
    },
    giveBack: async ({ who, address, browser }) => {
      await Promise.all(
        browser === null
          ? [persons.reward(hidden(who)), addresses.reward(rangeOf(address))]
          : [browsers.reward(together(who, browser))],
      )
    },
    beginSecond: (account, address) =>
      verdictOf(async () => {
        await addresses.consume(rangeOf(address))
        return seconds.consume(hidden(account))
      }),
    forgiveSecond: async (account, address) => {
      await Promise.all([seconds.delete(hidden(account)), addresses.reward(rangeOf(address))])
    },
    beginUnnamed: (address) => verdictOf(() => addresses.consume(rangeOf(address))),
    forgiveUnnamed: async (address) => {
      await addresses.reward(rangeOf(address))
    },
    beginOldLogin: (address) => verdictOf(() => oldLogins.consume(rangeOf(address))),
    noteFailure: async ({ who, address }) => {
      const range = addressRange(address)
      const first = await verdictOf(() => pairs.consume(together(range, who)))
      if (!first.allowed) return false
      const many = await verdictOf(() => names.consume(hidden(range)))
      return many.allowed && many.isLast
    },
    forgiveAll: async (account) => {
      await persons.delete(hidden(account))
    },
  }
}

async function verdictOf(consume: () => Promise<RateLimiterRes>): Promise<Verdict> {
  try {
    const { remainingPoints } = await consume()
    return { allowed: true, isLast: remainingPoints === 0 }
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error
    return { allowed: false, minutes: Math.max(1, Math.ceil(error.msBeforeNext / 60_000)) }
  }
}
