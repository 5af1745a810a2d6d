import type { Pool } from '../api.ts'
import { fingerprint } from '../cookies.ts'
import type { LogoutToken } from './logout-token.ts'

/** A sign-in that arrives this late, in milliseconds, still finds that it is over: codes live shorter. */
const MEMORY = 10 * 60_000

export function logoutTokenStore(pool: Pool) {
  return {
    /**
     * Ends what the token names: one sign-in (`sid`), or all that MyANM vouched for up to then (`sub`).
     * Told twice, nothing more happens: a session begun after the token was made is none of its
     * business. The token is written before sessions are looked at: see `sessionStore.add`.
     *
     * @returns how many sessions ended
     */
    async apply(token: LogoutToken, now: Date): Promise<number> {
      const until = new Date(Math.max(token.expiresAt.getTime(), now.getTime()) + MEMORY)
      await pool.query({
        name: 'logout-token-add',
        text: `insert into logout_token (id, sid, sub, issued_at, expires_at)
          values ($1, $2, $3, $4, $5) on conflict (id) do nothing`,
        values: [fingerprint(token.jti), token.sid, token.sub, token.issuedAt, until],
      })
      const { rowCount } = await pool.query({
        name: 'logout-token-apply',
        text: `delete from session
          where (sid = $1 and ($2::text is null or sub = $2))
            or ($1::text is null and sub = $2 and vouched_at <= $3)`,
        values: [token.sid, token.sub, token.issuedAt],
      })
      return rowCount ?? 0
    },

    async removeExpired(now: Date): Promise<void> {
      await pool.query({
        name: 'logout-token-remove-expired',
        text: `delete from logout_token where id in (
          select id from logout_token where expires_at <= $1 order by expires_at limit 100
          for update skip locked)`,
        values: [now],
      })
    },
  }
}

export type LogoutTokenStore = ReturnType<typeof logoutTokenStore>
