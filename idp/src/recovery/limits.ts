import { createLimit, type Limit } from '#credentials'
import type { Needs } from '../services.ts'

const HOUR = 3600

/** How many mails are sent to one mailbox, and how much one address may ask for (mail bombing, F36). */
export interface RecoveryLimits {
  /** Requests of one address. Told: it says nothing about anybody's account. */
  readonly asking: Limit
  /** Mails to one account, a minute and an hour. Never told. */
  readonly everyMinute: Limit
  readonly everyHour: Limit
  /** Codes typed for one account, or one name that is nobody's. */
  readonly codes: Limit
}

export function recoveryLimits({ pool, config }: Needs<'pool' | 'config'>): RecoveryLimits {
  const limit = (name: string, times: number, seconds: number) =>
    createLimit({ pool, key: config.COOKIE_KEY }, { name: `recovery-${name}`, times, seconds })
  return {
    asking: limit('asking', 30, HOUR / 4),
    // A little less than a minute: who waits for the minute they were told is not told to wait again.
    everyMinute: limit('minute', 1, 55),
    everyHour: limit('hour', 5, HOUR),
    codes: limit('codes', 15, HOUR),
  }
}
