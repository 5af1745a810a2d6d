import type { Log } from '@myanm/chassis'
import type { Db } from '@myanm/database'
import { errors } from 'oidc-provider'
import type pg from 'pg'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import {
  type Artefact,
  artefactKey,
  type Found,
  finding,
  findingSession,
  fingerprint,
  type Payload,
  saving,
} from './artefacts.ts'
import { currentWork, standingKey } from './unit-of-work.ts'

export interface AdapterNeeds {
  readonly db: Db<Tables>
  readonly pool: pg.Pool
  readonly log: Log
}

/** What identifiers of the engine look like; anything else was never issued and is not looked for. */
const IDENTIFIER = /^[\w~.:-]{8,255}$/
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** Kinds whose expiry the engine wants to name in its answer; the others do not exist once expired. */
const EXPIRY_IS_TOLD = new Set(['AuthorizationCode', 'RefreshToken'])

const epoch = (): number => Math.floor(Date.now() / 1000)

/**
 * The engine's storage on PostgreSQL: one instance per kind of artefact.
 *
 * `consume` is where a code or a refresh token is redeemed: the engine itself does not make that
 * atomic (yardsticks 2.1), the database does. Whoever comes second is a replay: the grant and all that
 * came of it end (RFC 9700 4.14, RFC 6749 §10.5).
 */
export function adapterFor(kind: string, needs: AdapterNeeds) {
  const { pool } = needs

  const find = async (id: string): Promise<Payload | undefined> => {
    if (!IDENTIFIER.test(id)) return undefined
    const key = artefactKey(kind, id)
    const work = currentWork()
    const known = work?.artefacts.get(key)
    if (known !== undefined) return known === null ? undefined : payloadOf(known)
    const artefact = await read(id)
    work?.artefacts.set(key, artefact)
    return artefact === null ? undefined : payloadOf(artefact)
  }

  const read = async (id: string): Promise<Artefact | null> => {
    const work = currentWork()
    const { client, organisation } = work?.hint ?? {}
    const asked = organisation !== undefined && UUID.test(organisation) ? organisation : null
    const statement =
      kind === 'Session' ? findingSession(id, { client, organisation: asked }) : finding(kind, id)
    const { rows } = await pool.query<Found>(statement)
    const row = rows[0]
    if (!row || (row.exp <= epoch() && !EXPIRY_IS_TOLD.has(kind))) return null
    keepWhatCameAlong(row)
    return { kind, id, payload: row.payload, expiresAt: row.exp, consumedAt: row.consumed }
  }

  return {
    find,

    async findByUid(uid: string): Promise<Payload | undefined> {
      const known = currentWork()?.artefacts.get(`SessionUid:${uid}`)
      if (known) return payloadOf(known)
      const { rows } = await pool.query<{ payload: Payload; exp: number }>({
        name: 'artefact-find-session-by-uid',
        text: `select payload, extract(epoch from expires_at)::float8 as exp
          from oidc_artefact where kind = 'Session' and session_uid = $1 and expires_at > now()`,
        values: [uid],
      })
      const row = rows[0]
      return row ? { ...row.payload, exp: Math.floor(row.exp) } : undefined
    },

    /** The device flow is not offered. */
    async findByUserCode(): Promise<undefined> {
      return undefined
    },

    async upsert(id: string, payload: Payload, expiresIn: number): Promise<void> {
      const artefact: Artefact = {
        kind,
        id,
        payload,
        expiresAt: epoch() + expiresIn,
        consumedAt: null,
      }
      if (kind === 'ReplayDetection') return insertOnce(pool, artefact)
      const work = currentWork()
      if (!work) {
        const statement = saving([artefact], [])
        if (statement) await pool.query(statement)
        return
      }
      const key = artefactKey(kind, id)
      work.artefacts.set(key, artefact)
      work.saves.set(key, artefact)
      work.removals.delete(key)
    },

    async destroy(id: string): Promise<void> {
      const key = artefactKey(kind, id)
      const work = currentWork()
      if (!work) {
        const statement = saving([], [fingerprint(kind, id)])
        if (statement) await pool.query(statement)
        return
      }
      work.artefacts.set(key, null)
      work.saves.delete(key)
      work.removals.set(key, fingerprint(kind, id))
    },

    async revokeByGrantId(grantId: string): Promise<void> {
      await pool.query({
        name: 'artefact-revoke',
        text: 'delete from oidc_artefact where grant_id = $1 and kind = $2',
        values: [grantId, kind],
      })
    },

    async consume(id: string): Promise<void> {
      const { rows } = await pool.query<{ consumed: number }>({
        name: 'artefact-consume',
        text: `update oidc_artefact set consumed_at = now() where id = $1 and consumed_at is null
          returning extract(epoch from consumed_at)::float8 as consumed`,
        values: [fingerprint(kind, id)],
      })
      const key = artefactKey(kind, id)
      const known = currentWork()?.artefacts.get(key)
      if (rows[0]) {
        if (known) currentWork()?.artefacts.set(key, { ...known, consumedAt: rows[0].consumed })
        return
      }
      await endFamily(needs, known?.payload)
      throw kind === 'PushedAuthorizationRequest'
        ? new errors.InvalidRequestUri('request_uri was already used')
        : new errors.InvalidGrant('grant request is invalid')
    },
  }
}

export type Adapter = ReturnType<typeof adapterFor>

function payloadOf(artefact: Artefact): Payload {
  return {
    ...artefact.payload,
    jti: artefact.id,
    exp: Math.floor(artefact.expiresAt),
    ...(artefact.consumedAt === null ? {} : { consumed: Math.floor(artefact.consumedAt) }),
  }
}

/** Remembers the grant, the session and the standing that were read in the same statement. */
function keepWhatCameAlong(row: Found): void {
  const work = currentWork()
  if (!work) return
  if (row.grant_id && row.grant_payload && row.grant_exp && row.grant_exp > epoch()) {
    work.artefacts.set(artefactKey('Grant', row.grant_id), {
      kind: 'Grant',
      id: row.grant_id,
      payload: row.grant_payload,
      expiresAt: row.grant_exp,
      consumedAt: null,
    })
  }
  if (row.session_uid && row.session_payload && row.session_exp && row.session_exp > epoch()) {
    work.artefacts.set(`SessionUid:${row.session_uid}`, {
      kind: 'Session',
      id: '',
      payload: row.session_payload,
      expiresAt: row.session_exp,
      consumedAt: null,
    })
  }
  if (row.standing) {
    work.standings.set(standingKey(row.standing.account.id, row.acting_for), row.standing)
  }
}

/** A proof may be shown once (RFC 9449 §11.1): the insert decides, not a look beforehand. */
async function insertOnce(pool: pg.Pool, artefact: Artefact): Promise<void> {
  const { rowCount } = await pool.query(
    `insert into oidc_artefact (id, kind, payload, expires_at)
      values ($1, $2, '{}', to_timestamp($3)) on conflict (id) do nothing`,
    [fingerprint(artefact.kind, artefact.id), artefact.kind, artefact.expiresAt],
  )
  if (rowCount === 0) throw new errors.InvalidDpopProof('DPoP proof JWT Replay detected')
}

async function endFamily(needs: AdapterNeeds, payload: Payload | undefined): Promise<void> {
  const grantId = payload?.['grantId']
  if (typeof grantId !== 'string') return
  await needs.pool.query('delete from oidc_artefact where grant_id = $1', [grantId])
  await record(needs.db, {
    event: 'token-replayed',
    account: payload?.['accountId'] as string | undefined,
    client: payload?.['clientId'] as string | undefined,
  })
}
