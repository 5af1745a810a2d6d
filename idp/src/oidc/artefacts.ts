import { hash } from 'node:crypto'
import type { Standing } from '#accounts'
import { recordingSql } from '#journal'

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
  /** Of a session that was there before this request: what it then held for each site, as JSON. */
  readonly seen?: ReadonlyMap<string, string> | undefined
}

/** A statement with a name: prepared once per connection, then only executed. */
export interface Statement {
  readonly name: string
  readonly text: string
  readonly values: unknown[]
}

/**
 * What an artefact is found by: nobody signs in with a copy of the table. Identifiers are random and
 * never shared between kinds, so the kind is not part of it: who asks checks it.
 */
export function fingerprint(id: string): string {
  return hash('sha256', id, 'hex')
}

/** A session that showed a sign of life: by its uid, until when (seconds since the epoch). */
export interface Extension {
  readonly session: string
  readonly until: number
}

/** For whom a grant lets a site act: a line of the journal, if the grant is new (X4). */
export interface Note {
  readonly grant: string
  readonly account: string
  readonly client: string
  readonly organisation: string | null
}

/** Everything one request writes. */
export interface Writing {
  readonly saves: readonly Artefact[]
  /** Fingerprints. */
  readonly removals: readonly string[]
  /** Names of the sessions whose row is among the removals. */
  readonly left: ReadonlySet<string>
  readonly extension: Extension | null
  /** Fingerprint of the code or token that is redeemed. */
  readonly redemption: string | null
  readonly note: Note | null
}

/**
 * Redeems, removes, extends and saves, in one statement with one parameter: what a request writes, as
 * JSON. With something to redeem, nothing at all is written unless this request is the first: `UPDATE …
 * WHERE consumed_at IS NULL` decides, and the rest hangs on it.
 *
 * A session that was there is only ever updated, and one that takes a new identifier is only inserted
 * while its name still lives: a request that began before somebody signed out does not bring them back.
 *
 * A grant that is new leaves a line in the journal, for whom it lets a site act (X4): of two sign-ins
 * that write one grant in the same instant the first.
 *
 * The planner takes an unpacked JSON array for a hundred rows and would read the whole table to match
 * them; the limits tell it the truth. `writing` holds to them.
 */
const MOST = 16
const WRITE = `
  with given as materialized (select $1::json as what),
  redeemed as (
    update oidc_artefact set consumed_at = now()
      where id = (select decode(what ->> 'redemption', 'hex') from given)
        and consumed_at is null
      returning id
  ),
  going as (
    select what from given
      where what ->> 'redemption' is null or exists (select from redeemed)
  ),
  removed as (
    delete from oidc_artefact where id in (
      select decode(hex, 'hex') from going, json_array_elements_text(what -> 'removals') as hex
      limit ${MOST}
    )
  ),
  ended as (
    delete from oidc_artefact where kind = 'Session' and session_uid in (
      select json_array_elements_text(what -> 'endings') from going limit ${MOST}
    )
  ),
  extended as (
    update oidc_artefact
      set expires_at = to_timestamp((going.what -> 'extension' ->> 'until')::float8)
      from going
      where kind = 'Session' and session_uid = going.what -> 'extension' ->> 'session'
  ),
  touched as (
    update oidc_artefact as kept
      set payload = merge_sessions(kept.payload, session.payload),
        account_id = session.account_id,
        expires_at = to_timestamp(session.expires_at)
      from (
        select given_session.* from going, json_to_recordset(what -> 'sessions') as given_session (
          id text, payload json, account_id uuid, expires_at float8
        ) limit ${MOST}
      ) session
      where kept.id = decode(session.id, 'hex')
  ),
  saved as (
    insert into oidc_artefact
      (id, kind, payload, grant_id, session_uid, account_id, consumed_at, expires_at)
    select decode(id, 'hex'), kind, payload, grant_id, session_uid, account_id,
        to_timestamp(consumed_at), to_timestamp(expires_at)
      from going, json_to_recordset(what -> 'saves') as artefact (
        id text, kind text, payload json, grant_id text, session_uid text, account_id uuid,
        consumed_at float8, expires_at float8, succeeds boolean
      )
      where succeeds is not true or (
        select true from oidc_artefact former
          where former.kind = 'Session' and former.session_uid = artefact.session_uid
          limit 1
      )
    on conflict (id) do update set
      payload = excluded.payload,
      account_id = excluded.account_id,
      grant_id = excluded.grant_id,
      expires_at = excluded.expires_at
    returning new.grant_id, old.id is null as is_new
  )`
const END = ' select from going'

/** Only where there may be a line: an insert of no line costs what seals the journal, at every request. */
const NOTE = `,
  noted as (
    ${recordingSql(`
      select 'context-chosen' as event, note.account_id, note.organisation_id, note.client_id
        from going, json_to_recordset(what -> 'notes') as note (
          grant_id text, account_id uuid, organisation_id uuid, client_id text
        )
        where exists (select from saved where is_new and saved.grant_id = note.grant_id)`)}
  )`

/** The statement that writes; null when there is nothing to write. */
export function writing(changes: Writing): Statement | null {
  const { saves, removals, left, extension, redemption, note } = changes
  if (saves.length + removals.length === 0 && !extension && !redemption) return null
  if (Math.max(saves.length, removals.length, left.size) > MOST) throw new Error('Too much at once')
  const names = new Set(saves.filter(isSession).map(({ payload }) => payload['uid']))
  const what = JSON.stringify({
    redemption,
    removals,
    // Left and not taken up under another identifier: it has ended, under all it ever had.
    endings: [...left].filter((name) => !names.has(name)),
    extension,
    sessions: saves.filter(wasThere).map(rowOf),
    saves: saves
      .filter((artefact) => !wasThere(artefact))
      .map((artefact) => ({ ...rowOf(artefact), succeeds: succeeds(artefact, left) })),
    ...(note && { notes: [noteOf(note)] }),
  })
  return note
    ? { name: 'artefact-write-and-note', text: WRITE + NOTE + END, values: [what] }
    : { name: 'artefact-write', text: WRITE + END, values: [what] }
}

const noteOf = ({ grant, account, organisation, client }: Note): Payload => ({
  grant_id: grant,
  account_id: account,
  organisation_id: organisation,
  client_id: client,
})

const isSession = ({ kind }: Artefact): boolean => kind === 'Session'
const wasThere = ({ seen }: Artefact): boolean => seen !== undefined
const succeeds = (artefact: Artefact, left: ReadonlySet<string>): boolean =>
  isSession(artefact) && left.has(String(artefact.payload['uid']))

/** What a session holds for each site, to see later what this request has changed of it. */
export function sitesOf(session: Payload): Map<string, string> {
  const sites = Object.entries(session['authorizations'] ?? {})
  return new Map(sites.map(([client, held]) => [client, JSON.stringify(held)]))
}

/** Only what has changed is written: what another request changed meanwhile, at another site, stays. */
function changedSites(session: Payload, seen: ReadonlyMap<string, string>): Payload {
  const changed = [...sitesOf(session)].filter(([client, held]) => seen.get(client) !== held)
  return Object.fromEntries(changed.map(([client, held]) => [client, JSON.parse(held)]))
}

/** Whether everything was written: it answers with one row then, and with none after a replay. */
export function isWritten(answer: { readonly rowCount: number | null }): boolean {
  return answer.rowCount === 1
}

/** Secrets and what the columns already say are left out of the payload that is kept. */
function rowOf(artefact: Artefact): Payload {
  const { kind, id, payload } = artefact
  const { jti: _jti, exp: _exp, consumed: _consumed, ...kept } = payload
  const { grantId, sessionUid, uid, accountId } = payload
  if (artefact.seen) kept['authorizations'] = changedSites(payload, artefact.seen)
  if (kind === 'Interaction') kept['session'] = withoutCookie(payload['session'])
  return {
    id: fingerprint(id),
    kind,
    payload: kept,
    // A grant is looked up by the tokens that name it, a session by the name they know it by.
    grant_id: kind === 'Grant' ? id : grantId,
    session_uid: kind === 'Session' ? uid : sessionUid,
    account_id: accountId,
    consumed_at: artefact.consumedAt,
    expires_at: artefact.expiresAt,
  }
}

/** An interaction remembers whose session it began in; the session’s cookie is not its business. */
function withoutCookie(session: unknown): unknown {
  if (typeof session !== 'object' || session === null) return session
  const { cookie: _cookie, ...rest } = session as Payload
  return rest
}

/** Seconds since the epoch, and whatever belongs to them. */
interface Kept {
  readonly payload: Payload
  readonly exp: number
}

/** What a finding statement answers: the artefact and what goes with it. */
export interface Found extends Kept {
  readonly kind: string
  readonly consumed: number | null
  readonly grant_id: string | null
  readonly grant: Kept | null
  readonly session_uid: string | null
  readonly session: Kept | null
  /** The organisation the standing was read for. */
  readonly acting_for: string | null
  readonly standing: Standing | null
}

/** The organisation written in a grant's name; see `acting-context.ts`. */
const actingFor = (grantId: string): string => `nullif(split_part(${grantId}, '~', 2), '')`

const kept = (table: string): string =>
  `case when ${table}.id is not null then json_build_object(
    'payload', ${table}.payload, 'exp', extract(epoch from ${table}.expires_at)) end`

const FIND = `
  select json_build_object(
    'kind', a.kind,
    'payload', a.payload,
    'exp', extract(epoch from a.expires_at),
    'consumed', extract(epoch from a.consumed_at),
    'grant_id', g.grant_id,
    'grant', ${kept('g')},
    'session_uid', s.session_uid,
    'session', ${kept('s')},
    'acting_for', ${actingFor('a.grant_id')},
    'standing', case when a.grant_id is not null and a.account_id is not null and a.kind <> 'Grant'
      then standing(a.account_id, ${actingFor('a.grant_id')}::uuid) end
  ) as found
  from oidc_artefact a
    left join oidc_artefact g
      on g.kind = 'Grant' and g.grant_id = a.grant_id and a.kind <> 'Grant'
    left join oidc_artefact s
      on s.kind = 'Session' and s.session_uid = a.session_uid and a.kind <> 'Session'
  where a.id = decode($1, 'hex')`

/** Finds an artefact together with its grant, its session and what holds of the person now. */
export function finding(id: string): Statement {
  return { name: 'artefact-find', text: FIND, values: [fingerprint(id)] }
}

const FIND_SESSION = `
  select json_build_object(
    'kind', a.kind,
    'payload', a.payload,
    'exp', extract(epoch from a.expires_at),
    'consumed', null,
    'grant_id', g.grant_id,
    'grant', ${kept('g')},
    'session_uid', null,
    'session', null,
    'acting_for', c.organisation,
    'standing', case when a.account_id is not null
      then standing(a.account_id, c.organisation::uuid) end
  ) as found
  from oidc_artefact a
    left join oidc_artefact g on g.kind = 'Grant'
      and g.grant_id = a.payload -> 'authorizations' -> $2::text ->> 'grantId'
    left join acting_context r on r.session_uid = a.session_uid
    cross join lateral (
      select coalesce(
        $3::text,
        ${actingFor('g.grant_id')},
        case when g.grant_id is null then r.organisation_id::text end
      ) as organisation
    ) c
  where a.id = decode($1, 'hex') and a.kind = 'Session'`

/**
 * Finds a session by its cookie, together with its grant at the asking client and what holds of the
 * person now: acting for the organisation asked for, else that of the grant, else the remembered one.
 */
export function findingSession(
  id: string,
  hint: { readonly client: string | undefined; readonly organisation: string | null },
): Statement {
  const values = [fingerprint(id), hint.client ?? '', hint.organisation]
  return { name: 'artefact-find-session', text: FIND_SESSION, values }
}
