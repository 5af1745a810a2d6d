import type { Log } from '@myanm/chassis'
import type { Db, Statements } from '@myanm/database'
import { errors } from 'oidc-provider'
import type { Tables } from '../tables.ts'
import {
  type Artefact,
  type Found,
  finding,
  findingSession,
  fingerprint,
  type Payload,
  sitesOf,
  type Writing,
  writing,
} from './artefacts.ts'
import { lastMoment } from './lifetimes.ts'
import { currentWork, standingKey } from './unit-of-work.ts'

export interface AdapterNeeds {
  readonly db: Db<Tables>
  readonly statements: Statements
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
 * atomic (yardsticks 2.1). Here it is noted, and decided by the statement that writes what comes of it:
 * a crash leaves both or neither, and of twenty at once one is first.
 */
export function adapterFor(kind: string, needs: AdapterNeeds) {
  const { statements } = needs

  const find = async (id: string): Promise<Payload | undefined> => {
    if (!IDENTIFIER.test(id)) return undefined
    const work = currentWork()
    let known = work?.artefacts.get(id)
    if (known === undefined) {
      // Kept while it is read: a token without a hint is looked for as three kinds at once.
      known = read(statements, kind, id)
      work?.artefacts.set(id, known)
    }
    const artefact = await known
    if (artefact?.kind !== kind) return undefined
    if (artefact.expiresAt <= epoch() && !EXPIRY_IS_TOLD.has(kind)) return undefined
    return payloadOf(artefact)
  }

  return {
    find,

    async findByUid(uid: string): Promise<Payload | undefined> {
      const known = currentWork()?.sessions.get(uid)
      if (known) return payloadOf(known)
      const { rows } = await statements.query<{ payload: Payload; exp: number }>({
        name: 'artefact-find-session-by-uid',
        text: `select payload, extract(epoch from expires_at)::float8 as exp
          from oidc_artefact where kind = 'Session' and session_uid = $1 and expires_at > now()`,
        values: [uid],
      })
      const row = rows[0]
      if (!row || !isAlive(row)) return undefined
      return { ...row.payload, exp: Math.floor(row.exp) }
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
        expiresAt: Math.min(epoch() + expiresIn, lastMoment(kind, payload)),
        consumedAt: null,
      }
      if (kind === 'ReplayDetection') return insertOnce(statements, artefact)
      const work = currentWork()
      if (!work) return writeNow(statements, { saves: [artefact] })
      const seen = (await work.artefacts.get(id))?.seen
      work.artefacts.set(id, { ...artefact, seen })
      work.saves.set(id, { ...artefact, seen })
      work.removals.delete(id)
    },

    async destroy(id: string): Promise<void> {
      const work = currentWork()
      if (!work) return writeNow(statements, { removals: [fingerprint(id)] })
      const before = await work.artefacts.get(id)
      if (before?.kind === 'Session') work.left.add(String(before.payload['uid']))
      work.artefacts.set(id, null)
      work.saves.delete(id)
      work.removals.add(id)
    },

    async revokeByGrantId(grantId: string): Promise<void> {
      await statements.query({
        name: 'artefact-revoke',
        text: 'delete from oidc_artefact where grant_id = $1 and kind = $2',
        values: [grantId, kind],
      })
    },

    async consume(id: string): Promise<void> {
      const work = currentWork()
      if (!work) throw new Error('Redeeming happens in a request of the engine only')
      const payload = (await work.artefacts.get(id))?.payload
      work.redemption = {
        kind,
        id,
        grantId: payload?.['grantId'] as string | undefined,
        account: payload?.['accountId'] as string | undefined,
        client: payload?.['clientId'] as string | undefined,
      }
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

async function read(statements: Statements, kind: string, id: string): Promise<Artefact | null> {
  const { client, organisation } = currentWork()?.hint ?? {}
  const asked = organisation !== undefined && UUID.test(organisation) ? organisation : null
  const statement =
    kind === 'Session' ? findingSession(id, { client, organisation: asked }) : finding(id)
  const { rows } = await statements.query<{ found: Found }>(statement)
  const found = rows[0]?.found
  if (!found) return null
  keepWhatCameAlong(found)
  const expiresAt = Math.min(found.exp, lastMoment(found.kind, found.payload))
  const { kind: known, payload, consumed: consumedAt } = found
  const seen = known === 'Session' ? sitesOf(payload) : undefined
  return { kind: known, id, payload, expiresAt, consumedAt, seen }
}

/** Remembers the grant, the session and the standing that were read in the same statement. */
function keepWhatCameAlong(found: Found): void {
  const work = currentWork()
  if (!work) return
  const { grant_id: grantId, grant, session_uid: uid, session, standing } = found
  if (grantId && grant) {
    const { payload, exp } = grant
    work.artefacts.set(grantId, {
      kind: 'Grant',
      id: grantId,
      payload,
      expiresAt: exp,
      consumedAt: null,
    })
  }
  if (uid && session && isAlive(session)) {
    const { payload, exp } = session
    work.sessions.set(uid, { kind: 'Session', id: '', payload, expiresAt: exp, consumedAt: null })
  }
  if (standing) {
    work.standings.set(standingKey(standing.account.id, found.acting_for), standing)
  }
}

function isAlive(session: { readonly payload: Payload; readonly exp: number }): boolean {
  return Math.min(session.exp, lastMoment('Session', session.payload)) > epoch()
}

/** A proof may be shown once (RFC 9449 §11.1): the insert decides, not a look beforehand. */
async function insertOnce(statements: Statements, artefact: Artefact): Promise<void> {
  const { rowCount } = await statements.query({
    name: 'artefact-insert-once',
    text: `insert into oidc_artefact (id, kind, payload, expires_at)
      values (decode($1, 'hex'), $2, '{}', to_timestamp($3)) on conflict (id) do nothing`,
    values: [fingerprint(artefact.id), artefact.kind, artefact.expiresAt],
  })
  if (rowCount === 0) throw new errors.InvalidDpopProof('DPoP proof JWT Replay detected')
}

async function writeNow(statements: Statements, changes: Partial<Writing>): Promise<void> {
  const statement = writing({
    saves: [],
    removals: [],
    left: new Set(),
    extension: null,
    redemption: null,
    note: null,
    ...changes,
  })
  if (statement) await statements.query(statement)
}
