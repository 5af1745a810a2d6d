import type { Pool } from '../api.ts'

export interface SessionRow {
  readonly id: Buffer
  readonly sub: string
  readonly sealedClaims: Buffer
  readonly sealedTokens: Buffer
  readonly accessExpiresAt: Date
  readonly checkedAt: Date
  readonly leftOrganisation: string | null
  readonly expiresAt: Date
  readonly endsAt: Date
  /** The latest change of this person’s rights that is known here; 0 when there is none. */
  readonly rightsNumber: number
  /** Whether that change came after the rights of this session were read, or began to be. */
  readonly isStale: boolean
}

export interface NewSession extends Omit<SessionRow, 'leftOrganisation' | 'isStale'> {
  readonly sid: string | null
  readonly vouchedAt: Date
}

/** A session somebody holds the lease of. */
interface Held {
  readonly id: Buffer
  readonly lease: string
}

/** Seconds after which somebody who talks to MyANM for a session is taken for dead. */
const LEASE = 12

/** The latest change of a person’s rights, as `rights_change` numbers them. */
const LATEST_CHANGE = `coalesce(
  (select number from rights_change change where change.sub = session.sub), 0)`

const COLUMNS = `id, sub, sealed_claims as "sealedClaims", sealed_tokens as "sealedTokens",
  access_expires_at as "accessExpiresAt", checked_at as "checkedAt",
  left_organisation as "leftOrganisation", expires_at as "expiresAt", ends_at as "endsAt",
  ${LATEST_CHANGE} as "rightsNumber", ${LATEST_CHANGE} > rights_number as "isStale"`

/** Statements are named: prepared once per connection, since every request of a signed-in person runs one. */
export function sessionStore(pool: Pool) {
  return {
    async find(id: Buffer, now: Date): Promise<SessionRow | undefined> {
      const { rows } = await pool.query<SessionRow>({
        name: 'session-find',
        text: `select ${COLUMNS} from session where id = $1 and expires_at > $2`,
        values: [id, now],
      })
      return rows[0]
    },

    async slide(id: Buffer, expiresAt: Date): Promise<void> {
      await pool.query({
        name: 'session-slide',
        text: 'update session set expires_at = $2 where id = $1 and expires_at < $2',
        values: [id, expiresAt],
      })
    },

    /**
     * Adds the session, unless MyANM has already said that this sign-in is over: false then.
     *
     * The row is there before the sign-outs are looked at, and `endSignIn` writes the sign-out before
     * it looks at the rows: whichever comes second sees the other.
     */
    async add(session: NewSession): Promise<boolean> {
      await pool.query({
        name: 'session-add',
        text: `insert into session (id, sub, sid, vouched_at, sealed_claims, sealed_tokens,
          access_expires_at, checked_at, expires_at, ends_at, rights_number)
          values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        values: [
          session.id,
          session.sub,
          session.sid,
          session.vouchedAt,
          session.sealedClaims,
          session.sealedTokens,
          session.accessExpiresAt,
          session.checkedAt,
          session.expiresAt,
          session.endsAt,
          session.rightsNumber,
        ],
      })
      const { rowCount } = await pool.query({
        name: 'session-add-unless-over',
        text: `delete from session where id = $1 and exists (
          select from logout_token told
          where told.sid = session.sid
            or (told.sid is null and told.sub = session.sub and told.issued_at >= session.vouched_at)
        )`,
        values: [session.id],
      })
      return rowCount === 0
    },

    /**
     * The latest change of a person’s rights that is known here: to be asked before rights are read, so
     * that a change heard of meanwhile makes what was read stale.
     */
    async rightsNumberOf(sub: string): Promise<number> {
      const { rows } = await pool.query<{ number: number }>({
        name: 'rights-number',
        text: 'select number from rights_change where sub = $1',
        values: [sub],
      })
      return rows[0]?.number ?? 0
    },

    async remove(id: Buffer): Promise<SessionRow | undefined> {
      const { rows } = await pool.query<SessionRow>({
        name: 'session-remove',
        text: `delete from session where id = $1 returning ${COLUMNS}`,
        values: [id],
      })
      return rows[0]
    },

    /**
     * Takes the right to talk to MyANM for this session: one at a time, whatever the number of
     * processes, without holding a connection meanwhile. Who died holding it loses it after `LEASE`.
     */
    async hold(id: Buffer, lease: string, now: Date): Promise<SessionRow | undefined> {
      const { rows } = await pool.query<SessionRow>({
        name: 'session-hold',
        text: `update session set lease = $2, leased_until = now() + make_interval(secs => ${LEASE})
          where id = $1 and expires_at > $3 and (leased_until is null or leased_until < now())
          returning ${COLUMNS}`,
        values: [id, lease, now],
      })
      return rows[0]
    },

    async release(id: Buffer, lease: string): Promise<void> {
      await pool.query({
        name: 'session-release',
        text: 'update session set lease = null, leased_until = null where id = $1 and lease = $2',
        values: [id, lease],
      })
    },

    /** Keeps refreshed tokens at once: the old ones serve no more. False when the session is gone. */
    async keepTokens(
      kept: Held & Pick<SessionRow, 'sealedTokens' | 'accessExpiresAt'>,
    ): Promise<boolean> {
      const { rowCount } = await pool.query({
        name: 'session-keep-tokens',
        text: `update session set sealed_tokens = $3, access_expires_at = $4
          where id = $1 and lease = $2`,
        values: [kept.id, kept.lease, kept.sealedTokens, kept.accessExpiresAt],
      })
      return rowCount === 1
    },

    /**
     * Keeps claims just read and gives the lease back. Nothing when the session is gone meanwhile.
     * `rightsNumber` is the change that was known before they were read: with one that came later the
     * session stays stale.
     */
    async keepClaims(
      kept: Held &
        Pick<SessionRow, 'sealedClaims' | 'checkedAt' | 'leftOrganisation' | 'rightsNumber'>,
    ): Promise<SessionRow | undefined> {
      const { rows } = await pool.query<SessionRow>({
        name: 'session-keep-claims',
        text: `update session set sealed_claims = $3, checked_at = $4,
          left_organisation = coalesce($5, left_organisation), rights_number = $6,
          lease = null, leased_until = null
          where id = $1 and lease = $2 returning ${COLUMNS}`,
        values: [
          kept.id,
          kept.lease,
          kept.sealedClaims,
          kept.checkedAt,
          kept.leftOrganisation,
          kept.rightsNumber,
        ],
      })
      return rows[0]
    },

    async forgetLeftOrganisation(id: Buffer): Promise<void> {
      await pool.query({
        name: 'session-told',
        text: 'update session set left_organisation = null where id = $1',
        values: [id],
      })
    },

    /** A batch, so that nobody's sign-in pays for a night of others. */
    async removeExpired(now: Date): Promise<void> {
      await pool.query({
        name: 'session-remove-expired',
        text: `delete from session where id in (
          select id from session where expires_at <= $1 order by expires_at limit 100
          for update skip locked)`,
        values: [now],
      })
    },
  }
}

export type SessionStore = ReturnType<typeof sessionStore>
