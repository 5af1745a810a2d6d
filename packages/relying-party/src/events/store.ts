import type { Pool } from '../api.ts'
import { fingerprint } from '../cookies.ts'

const DAY = 86_400_000

/** MyANM gives up after a week: what it still tells again is known until then. In milliseconds. */
const TOLD_AGAIN = 8 * DAY

/** Longer than any session lasts that was begun before a change, in milliseconds. */
const LONGEST_SESSION = DAY

export function eventStore(pool: Pool) {
  return {
    /** Whether this event was applied before. */
    async isKnown(jti: string): Promise<boolean> {
      const { rowCount } = await pool.query({
        name: 'event-known',
        text: 'select from security_event where id = $1',
        values: [fingerprint(jti)],
      })
      return rowCount === 1
    },

    /** Notes an event as applied. */
    async remember(jti: string, now: Date): Promise<void> {
      await pool.query({
        name: 'event-remember',
        text: `insert into security_event (id, expires_at) values ($1, $2)
          on conflict (id) do nothing`,
        values: [fingerprint(jti), new Date(now.getTime() + TOLD_AGAIN)],
      })
    },

    /**
     * Makes what is known of a person's rights stale, in all their sessions at once: those there are,
     * and those being begun with rights that were read before. One statement with the note that it was
     * done: told again, nothing happens.
     *
     * @returns whether this was new
     */
    async rightsChanged(told: { jti: string; sub: string }, now: Date): Promise<boolean> {
      const { rowCount } = await pool.query({
        name: 'event-rights-changed',
        text: `with heard as (
            insert into security_event (id, expires_at) values ($1, $2)
              on conflict (id) do nothing returning id
          )
          insert into rights_change (sub, number, expires_at)
            select $3, nextval('rights_change_number'), $4::timestamptz from heard
            on conflict (sub) do update set
              number = greatest(rights_change.number, excluded.number),
              expires_at = greatest(rights_change.expires_at, excluded.expires_at)`,
        values: [
          fingerprint(told.jti),
          new Date(now.getTime() + TOLD_AGAIN),
          told.sub,
          new Date(now.getTime() + LONGEST_SESSION),
        ],
      })
      return rowCount === 1
    },

    /** A batch of each, so that no event pays for a week of others. */
    async removeExpired(now: Date): Promise<void> {
      for (const [table, key] of [
        ['security_event', 'id'],
        ['rights_change', 'sub'],
      ] as const) {
        await pool.query({
          name: `${table}-remove-expired`,
          text: `delete from ${table} where ${key} in (
            select ${key} from ${table} where expires_at <= $1 order by expires_at limit 100
            for update skip locked)`,
          values: [now],
        })
      }
    },
  }
}

export type EventStore = ReturnType<typeof eventStore>
