import { hash } from 'node:crypto'
import type { Standing } from '#accounts'

/** A model's payload, as the engine gives and takes it. */
export type Payload = Record<string, unknown>

export interface Artefact {
  readonly kind: string
  /** A bearer secret for most kinds: it is kept as its hash only. */
  readonly id: string
  readonly payload: Payload
  /** Seconds since the epoch. */
  readonly expiresAt: number
  readonly consumedAt: number | null
}

/** A statement with a name: prepared once per connection, then only executed. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly values: unknown[]
}

export const artefactKey = (kind: string, id: string): string => `${kind}:${id}`

/** What an artefact is found by: nobody signs in with a copy of the table. */
export function fingerprint(kind: string, id: string): Buffer {
  return hash('sha256', artefactKey(kind, id), 'buffer')
}

/** Kinds whose identifier is no secret and is needed to look them up from elsewhere. */
const isGrant = (kind: string): boolean => kind === 'Grant'
const isSession = (kind: string): boolean => kind === 'Session'

const COLUMNS = 8

/** A session that showed a sign of life: by its uid, until when (seconds since the epoch). */
export interface Extension {
  readonly session: string
  readonly until: number
}

/** Everything one request writes. */
export interface Writing {
  readonly saves: readonly Artefact[]
  readonly removals: readonly Buffer[]
  readonly extension: Extension | null
  /** The code or token that is redeemed: by its fingerprint. */
  readonly redemption: Buffer | null
}

/**
 * Redeems, saves, removes and extends in one statement. Null when there is nothing to do.
 *
 * With a redemption, nothing at all is written unless this request is the first: `UPDATE … WHERE
 * consumed_at IS NULL` decides, and the rest hangs on it. Its row count is 0 when it was not.
 */
export function writing({ saves, removals, extension, redemption }: Writing): Statement | null {
  const values: unknown[] = saves.flatMap((artefact) => rowOf(artefact))
  const add = (value: unknown): string => `$${values.push(value)}`
  const asides: string[] = []
  const marks = [String(saves.length)]
  const ifFirst = redemption ? 'exists (select from redeemed)' : 'true'
  if (redemption) {
    marks.push('redeem')
    asides.push(`redeemed as (
      update oidc_artefact set consumed_at = now()
        where id = ${add(redemption)}::bytea and consumed_at is null returning id)`)
  }
  if (removals.length > 0) {
    marks.push('remove')
    asides.push(`removed as (
      delete from oidc_artefact where id = any(${add(removals)}::bytea[]) and ${ifFirst})`)
  }
  if (extension) {
    marks.push('extend')
    asides.push(`extended as (
      update oidc_artefact set expires_at = to_timestamp(${add(extension.until)}::float8)
        where kind = 'Session' and session_uid = ${add(extension.session)}::text and ${ifFirst})`)
  }
  if (asides.length === 0 && saves.length === 0) return null
  const text = `
    ${asides.length > 0 ? `with ${asides.join(',\n    ')}` : ''}
    ${saves.length > 0 ? inserting(saves.length, ifFirst) : `select where ${ifFirst}`}`
  return { name: `artefact-write-${marks.join('-')}`, text, values }
}

function inserting(count: number, condition: string): string {
  const rows = Array.from({ length: count }, (_, row) => {
    const at = (column: number, type: string) => `$${row * COLUMNS + column}::${type}`
    return `(${at(1, 'bytea')}, ${at(2, 'text')}, ${at(3, 'json')}, ${at(4, 'text')}, ${at(5, 'text')}, ${at(6, 'uuid')}, to_timestamp(${at(7, 'float8')}), to_timestamp(${at(8, 'float8')}))`
  })
  return `
    insert into oidc_artefact as kept
      (id, kind, payload, grant_id, session_uid, account_id, consumed_at, expires_at)
    select * from (values ${rows.join(', ')})
        as given (id, kind, payload, grant_id, session_uid, account_id, consumed_at, expires_at)
      where ${condition}
    on conflict (id) do update set
      payload = case when kept.kind = 'Session'
        then merge_sessions(kept.payload, excluded.payload) else excluded.payload end,
      account_id = excluded.account_id,
      grant_id = excluded.grant_id,
      expires_at = excluded.expires_at`
}

/** Secrets and what the columns already say are left out of the payload that is kept. */
function rowOf(artefact: Artefact): unknown[] {
  const { kind, id, payload } = artefact
  const { jti: _jti, exp: _exp, consumed: _consumed, ...kept } = payload
  const { grantId, sessionUid, uid, accountId } = payload
  if (kind === 'Interaction') kept['session'] = withoutCookie(payload['session'])
  return [
    fingerprint(kind, id),
    kind,
    JSON.stringify(kept),
    isGrant(kind) ? id : (grantId ?? null),
    isSession(kind) ? uid : (sessionUid ?? null),
    accountId ?? null,
    artefact.consumedAt,
    artefact.expiresAt,
  ]
}

/** An interaction remembers whose session it began in; the session’s cookie is not its business. */
function withoutCookie(session: unknown): unknown {
  if (typeof session !== 'object' || session === null) return session
  const { cookie: _cookie, ...rest } = session as Payload
  return rest
}

/** One row of a finding statement: the artefact and what goes with it. */
export interface Found {
  readonly payload: Payload
  readonly exp: number
  readonly consumed: number | null
  readonly grant_id: string | null
  readonly grant_payload: Payload | null
  readonly grant_exp: number | null
  readonly session_uid: string | null
  readonly session_payload: Payload | null
  readonly session_exp: number | null
  readonly standing: Standing | null
  readonly acting_for: string | null
}

/** Finds an artefact together with its grant, its session and what holds of the person now. */
export function finding(kind: string, id: string): Statement {
  return {
    name: 'artefact-find',
    text: `
      select a.payload, extract(epoch from a.expires_at)::float8 as exp,
        extract(epoch from a.consumed_at)::float8 as consumed,
        g.grant_id, g.payload as grant_payload, extract(epoch from g.expires_at)::float8 as grant_exp,
        s.session_uid, s.payload as session_payload, extract(epoch from s.expires_at)::float8 as session_exp,
        ${ACTING_FOR('a.grant_id')} as acting_for,
        case when a.grant_id is not null and a.account_id is not null and a.kind <> 'Grant'
          then standing(a.account_id, ${ACTING_FOR('a.grant_id')}::uuid) end as standing
      from oidc_artefact a
        left join oidc_artefact g on g.kind = 'Grant' and g.grant_id = a.grant_id and a.kind <> 'Grant'
        left join oidc_artefact s on s.kind = 'Session' and s.session_uid = a.session_uid and a.kind <> 'Session'
      where a.id = $1`,
    values: [fingerprint(kind, id)],
  }
}

/**
 * Finds a session by its cookie, together with its grant at the asking client and what holds of the
 * person now: acting for the organisation asked for, else that of the grant, else the remembered one.
 */
export function findingSession(
  id: string,
  hint: { readonly client: string | undefined; readonly organisation: string | null },
): Statement {
  return {
    name: 'artefact-find-session',
    text: `
      select a.payload, extract(epoch from a.expires_at)::float8 as exp, null::float8 as consumed,
        g.grant_id, g.payload as grant_payload, extract(epoch from g.expires_at)::float8 as grant_exp,
        a.session_uid, null as session_payload, null::float8 as session_exp,
        c.organisation as acting_for,
        case when a.account_id is not null then standing(a.account_id, c.organisation::uuid) end as standing
      from oidc_artefact a
        left join oidc_artefact g on g.kind = 'Grant'
          and g.grant_id = a.payload -> 'authorizations' -> $2::text ->> 'grantId'
        left join acting_context r on r.session_uid = a.session_uid
        cross join lateral (
          select coalesce($3::text, ${ACTING_FOR('g.grant_id')}, case when g.grant_id is null then r.organisation_id::text end) as organisation
        ) c
      where a.id = $1`,
    values: [fingerprint('Session', id), hint.client ?? '', hint.organisation],
  }
}

/** The organisation written in a grant's name; see `acting-context.ts`. */
const ACTING_FOR = (grantId: string): string => `nullif(split_part(${grantId}, '~', 2), '')`
