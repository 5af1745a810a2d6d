import type { Pool } from '../api.ts'

export interface PendingSignIn {
  /** SHA-256 of the state. */
  readonly id: Buffer
  /** SHA-256 of the browser's cookie. */
  readonly browser: Buffer
  readonly sealedProof: Buffer
  readonly returnTo: string
  readonly expiresAt: Date
}

export function pendingSignInStore(pool: Pool) {
  return {
    async add(pending: PendingSignIn): Promise<void> {
      await pool.query({
        name: 'sign-in-add',
        text: `insert into pending_sign_in (id, browser, sealed_proof, return_to, expires_at)
          values ($1, $2, $3, $4, $5)`,
        values: [
          pending.id,
          pending.browser,
          pending.sealedProof,
          pending.returnTo,
          pending.expiresAt,
        ],
      })
    },

    /**
     * Takes the proof of a sign-in, once: of two answers that carry the same state one gets it. What
     * another browser brings takes nothing.
     */
    async take(asked: {
      readonly id: Buffer
      readonly browser: Buffer
      readonly now: Date
    }): Promise<Pick<PendingSignIn, 'sealedProof' | 'returnTo'> | undefined> {
      const { rows } = await pool.query<Pick<PendingSignIn, 'sealedProof' | 'returnTo'>>({
        name: 'sign-in-take',
        text: `update pending_sign_in set sealed_proof = null
          where id = $1 and browser = $2 and expires_at > $3 and sealed_proof is not null
          returning old.sealed_proof as "sealedProof", return_to as "returnTo"`,
        values: [asked.id, asked.browser, asked.now],
      })
      return rows[0]
    },

    /** Where a sign-in of this browser led, also after it was taken. */
    async findReturn(asked: {
      readonly id: Buffer
      readonly browser: Buffer
    }): Promise<string | undefined> {
      const { rows } = await pool.query<{ returnTo: string }>({
        name: 'sign-in-find-return',
        text: `select return_to as "returnTo" from pending_sign_in where id = $1 and browser = $2`,
        values: [asked.id, asked.browser],
      })
      return rows[0]?.returnTo
    },

    /** More than one sign-in adds, so that the table empties however many are left half-way. */
    async removeExpired(now: Date): Promise<void> {
      await pool.query({
        name: 'sign-in-remove-expired',
        text: `delete from pending_sign_in where id in (
          select id from pending_sign_in where expires_at <= $1 order by expires_at limit 100
          for update skip locked)`,
        values: [now],
      })
    },
  }
}

export type PendingSignInStore = ReturnType<typeof pendingSignInStore>
