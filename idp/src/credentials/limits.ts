import { createHmac } from 'node:crypto'
import type { Secret } from '@myanm/chassis'
import type pg from 'pg'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'

/** How often something may be asked for: mails, messages, codes. */
export interface Limit {
  /** Counts one more, before it is done, so that a hundred at once are a hundred. */
  take(
    who: string,
  ): Promise<{ readonly allowed: true } | { readonly allowed: false; readonly minutes: number }>
  /** It came to nothing: it does not count. */
  giveBack(who: string): Promise<void>
}

/** A counter shared by all processes through PostgreSQL, over a fixed window; its keys say nothing. */
export function createLimit(
  needs: { readonly pool: pg.Pool; readonly key: Secret },
  rule: { readonly name: string; readonly times: number; readonly seconds: number },
): Limit {
  const limiter = new RateLimiterPostgres({
    storeClient: needs.pool,
    storeType: 'pool',
    tableName: 'attempt',
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: rule.name,
    points: rule.times,
    duration: rule.seconds,
  })
  const hidden = (value: string) =>
    createHmac('sha256', needs.key.reveal()).update(`limit:${value}`).digest('base64url')

  return {
    take: async (who) => {
      try {
        await limiter.consume(hidden(who))
        return { allowed: true }
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error
        return { allowed: false, minutes: Math.max(1, Math.ceil(error.msBeforeNext / 60_000)) }
      }
    },
    giveBack: async (who) => {
      await limiter.reward(hidden(who))
    },
  }
}
