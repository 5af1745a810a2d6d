import { ConfigurationError } from '@myanm/chassis'
import type { Db, Tx } from '@myanm/database'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { sql } from 'kysely'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import type { Seal } from './sealing.ts'

/** ES256 signs by default; RS256 is there for clients that know nothing else (OIDC Core 15.1). */
export const SIGNING_ALGORITHMS = ['ES256', 'RS256'] as const
type Algorithm = (typeof SIGNING_ALGORITHMS)[number]

/** How long a retired key stays published: longer than anything it signed lives. In hours. */
const RETIRED_FOR = 24

/** Names the lock of PostgreSQL that lets one rotation happen at a time. */
const ROTATION = 727_702

export interface SigningKey {
  readonly kid: string
  readonly state: 'next' | 'current' | 'retired'
  readonly algorithm: string
  readonly jwk: JWK
}

const ORDER = { current: 0, next: 1, retired: 2 } as const

/**
 * The published keys, the signing one first: the engine signs with the first that fits.
 * @throws ConfigurationError when a key cannot be opened: a wrong key-encryption key stops the start
 */
export async function loadKeys(db: Db<Tables> | Tx<Tables>, seal: Seal): Promise<SigningKey[]> {
  const rows = await db.selectFrom('signing_key').selectAll().orderBy('created_at').execute()
  return rows
    .map((row) => ({
      kid: row.kid,
      state: row.state as SigningKey['state'],
      algorithm: row.algorithm,
      jwk: openKey(row, seal),
    }))
    .sort((left, right) => ORDER[left.state] - ORDER[right.state])
}

function openKey(row: { kid: string; sealed_private_jwk: string }, seal: Seal): JWK {
  try {
    return JSON.parse(seal.open(row.sealed_private_jwk)) as JWK
  } catch (cause) {
    throw new ConfigurationError(
      `KEY_ENCRYPTION_KEY does not open signing key ${row.kid}: it was sealed with another, or altered.`,
      { cause },
    )
  }
}

/** Makes sure that each algorithm has a current and a next key. Harmless when they are there. */
export async function ensureKeys(db: Db<Tables>, seal: Seal): Promise<void> {
  for (const algorithm of SIGNING_ALGORITHMS) {
    for (const state of ['current', 'next'] as const) {
      const known = await db
        .selectFrom('signing_key')
        .select('kid')
        .where('algorithm', '=', algorithm)
        .where('state', '=', state)
        .executeTakeFirst()
      if (!known) await insertKey(db, seal, { algorithm, state })
    }
  }
}

/**
 * One step of rotation, for every algorithm: current → retired, next → current, and a new next.
 *
 * The next key has been published since the step before, so whoever verifies knows it already: no
 * token is refused (yardsticks F20). Keys retired for a day are dropped. One rotation at a time.
 * @throws ConfigurationError with another key-encryption key: the new key could not be opened
 */
export async function rotateKeys(db: Db<Tables>, seal: Seal): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${ROTATION})`.execute(tx)
    await loadKeys(tx, seal)
    await tx
      .deleteFrom('signing_key')
      .where('retired_at', '<', new Date(Date.now() - RETIRED_FOR * 3_600_000))
      .execute()
    for (const algorithm of SIGNING_ALGORITHMS) {
      await tx
        .updateTable('signing_key')
        .set({ state: 'retired', retired_at: new Date() })
        .where('algorithm', '=', algorithm)
        .where('state', '=', 'current')
        .execute()
      await tx
        .updateTable('signing_key')
        .set({ state: 'current' })
        .where('algorithm', '=', algorithm)
        .where('state', '=', 'next')
        .execute()
      await insertKey(tx, seal, { algorithm, state: 'next' })
    }
    await record(tx, { event: 'signing-keys-rotated' })
  })
}

async function insertKey(
  db: Db<Tables> | Tx<Tables>,
  seal: Seal,
  key: { readonly algorithm: Algorithm; readonly state: 'current' | 'next' },
): Promise<void> {
  const { algorithm, state } = key
  const pair = await generateKeyPair(algorithm, { extractable: true })
  const publicJwk = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(publicJwk)
  const marks = { kid, alg: algorithm, use: 'sig' }
  const privateJwk = { ...(await exportJWK(pair.privateKey)), ...marks }
  await db
    .insertInto('signing_key')
    .values({
      kid,
      state,
      algorithm,
      public_jwk: JSON.stringify({ ...publicJwk, ...marks }),
      sealed_private_jwk: seal.seal(JSON.stringify(privateJwk)),
      retired_at: null,
    })
    // Two processes starting at once: the first one’s key is everybody’s.
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
