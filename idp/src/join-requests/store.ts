import type { Db, Tx } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Grantable, RequestState } from './rules.ts'

type Reader = Db<Tables> | Tx<Tables>

/** Whom a request is made to: known here, or only by its number in the register. */
export interface Addressee {
  readonly id: string | null
  readonly bce: string | null
  readonly name: string
}

export interface NewRequest {
  readonly addressee: Addressee
  readonly account: string
  readonly kind: 'join' | 'raise'
  readonly wishedRole: Grantable | null
  readonly function: string | null
  readonly message: string | null
  readonly client: string | null
  readonly page: string | null
}

/** @throws a unique violation on `join_request_one_pending`, `…_one_waiting` or `…_one_named` for a double (E21) */
export async function saveRequest(tx: Tx<Tables>, asked: NewRequest): Promise<string> {
  const { addressee, account, kind, wishedRole, message, client, page } = asked
  const { id } = await tx
    .insertInto('join_request')
    .values({
      organisation_id: addressee.id,
      bce: addressee.bce,
      asked_name: addressee.name,
      account_id: account,
      kind,
      wished_role: wishedRole,
      function: asked.function,
      message,
      client_id: client,
      return_path: page,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** The last refusal, and what is open, between one person and one organisation. */
export async function findEarlier(
  db: Reader,
  { account, addressee }: { readonly account: string; readonly addressee: Addressee },
): Promise<{ pending: string | null; refused: { id: string; at: Date } | null }> {
  const rows = await db
    .selectFrom('join_request')
    .select(['id', 'state', 'settled_at'])
    .where('account_id', '=', account)
    .where('state', 'in', ['pending', 'refused'])
    .where((row) =>
      // Refused by nobody: it was closed, which is no answer to this person.
      row.or([row('state', '=', 'pending'), row('decided_by', 'is not', null)]),
    )
    .where((row) =>
      row.or([
        row('organisation_id', '=', addressee.id),
        row.and([
          row('organisation_id', 'is', null),
          addressee.bce === null
            ? sql<boolean>`organisation_name_key(asked_name) = organisation_name_key(${addressee.name}::text)`
            : row('bce', '=', addressee.bce),
        ]),
      ]),
    )
    .orderBy('id', 'desc')
    .execute()
  const refused = rows.find(({ state }) => state === 'refused')
  return {
    pending: rows.find(({ state }) => state === 'pending')?.id ?? null,
    refused: refused?.settled_at ? { id: refused.id, at: refused.settled_at } : null,
  }
}

/**
 * Open organisations of this name, two at most; what the team has not looked at yet is not one. One that
 * was merged is the one it went into.
 */
export async function listNamed(db: Reader, name: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive named as (
      select id, state, to_check, is_canary, merged_into, 0 as step from organisation
        where organisation_name_key(name) = organisation_name_key(${name}::text)
          and organisation_name_key(${name}::text) <> ''
      union all
      select o.id, o.state, o.to_check, o.is_canary, o.merged_into, named.step + 1
        from organisation o join named on o.id = named.merged_into
        where named.step < 20
    )
    select distinct id from named where state <> 'closed' and not to_check and not is_canary
      limit 2`.execute(db)
  return rows.map(({ id }) => id)
}

/** How many requests somebody has open, and has made since a moment. */
export async function countOf(
  db: Reader,
  { account, since }: { readonly account: string; readonly since: Date },
): Promise<{ open: number; made: number }> {
  const { open, made } = await db
    .selectFrom('join_request')
    .select((row) => [
      sql<number>`count(*) filter (where state = 'pending')::int`.as('open'),
      sql<number>`count(*) filter (where ${row('created_at', '>', since)})::int`.as('made'),
    ])
    .where('account_id', '=', account)
    .executeTakeFirstOrThrow()
  return { open, made }
}

/** A request as the person who made it follows it. */
export interface OwnRequest {
  readonly id: string
  readonly kind: 'join' | 'raise'
  /** Null for what has no account here: never told. */
  readonly organisation: string | null
  readonly name: string
  readonly bce: string | null
  readonly wishedRole: Grantable | null
  readonly function: string | null
  readonly message: string | null
  readonly state: RequestState
  /** Refused because the organisation was closed, by nobody. */
  readonly isOfClosed: boolean
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly settledAt: Date | null
  readonly grantedRole: Grantable | null
  readonly reason: string | null
  readonly client: string | null
  readonly site: string | null
  readonly homeUri: string | null
  readonly redirectUris: readonly string[] | null
  readonly page: string | null
  /** What the person is there now; null for whoever is not of the team. */
  readonly role: Role | null
}

function ownRequests(db: Reader) {
  return db
    .selectFrom('join_request')
    .leftJoin('organisation', 'organisation.id', 'join_request.organisation_id')
    .leftJoin('client', 'client.client_id', 'join_request.client_id')
    .leftJoin('membership', (join) =>
      join
        .onRef('membership.organisation_id', '=', 'join_request.organisation_id')
        .onRef('membership.account_id', '=', 'join_request.account_id')
        .on('membership.state', '=', 'active'),
    )
    .select([
      'join_request.id',
      'join_request.kind',
      'join_request.organisation_id as organisation',
      // What the person asked for, in the words they were shown: those of the organisation itself would
      // tell whether it is here.
      sql<string>`coalesce(join_request.asked_name, organisation.name)`.as('name'),
      'join_request.bce',
      'join_request.wished_role as wishedRole',
      'join_request.function',
      'join_request.message',
      'join_request.state',
      sql<boolean>`join_request.state = 'refused' and join_request.decided_by is null`.as(
        'isOfClosed',
      ),
      'join_request.created_at as createdAt',
      sql<Date>`join_request.created_at + interval '30 days'`.as('expiresAt'),
      'join_request.settled_at as settledAt',
      'join_request.granted_role as grantedRole',
      'join_request.reason',
      'join_request.client_id as client',
      'client.name as site',
      'client.home_uri as homeUri',
      'client.redirect_uris as redirectUris',
      'join_request.return_path as page',
      'membership.role',
    ])
}

/**
 * What somebody came for when they asked an organisation to let them in: where they go on to when they
 * come in by an invitation instead. Only while the request would still wait by itself.
 */
export async function findWanted(
  db: Reader,
  of: { readonly account: string; readonly organisation: string },
): Promise<OwnRequest | undefined> {
  const row = await ownRequests(db)
    .where('join_request.account_id', '=', of.account)
    .where('join_request.organisation_id', '=', of.organisation)
    .where('join_request.kind', '=', 'join')
    .where('join_request.state', 'in', ['pending', 'superseded'])
    .where('join_request.client_id', 'is not', null)
    .where('join_request.expires_at', '>', sql<Date>`now()`)
    .orderBy('join_request.id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row as OwnRequest | undefined
}

/** The requests somebody has made, the latest first: what is open, and what was answered. */
export async function listRequestsOf(db: Reader, account: string): Promise<OwnRequest[]> {
  const rows = await ownRequests(db)
    .where('join_request.account_id', '=', account)
    .orderBy('join_request.id', 'desc')
    .limit(50)
    .execute()
  return rows as OwnRequest[]
}

export async function findOwnRequest(
  db: Reader,
  { id, account }: { readonly id: string; readonly account: string },
): Promise<OwnRequest | undefined> {
  const row = await ownRequests(db)
    .where('join_request.id', '=', id)
    .where('join_request.account_id', '=', account)
    .executeTakeFirst()
  return row as OwnRequest | undefined
}

/** A request as the one who decides sees it: identity, e-mail, and what the person wrote (M47, M53). */
export interface OpenRequest {
  readonly id: string
  readonly kind: 'join' | 'raise'
  readonly account: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
  readonly wishedRole: Grantable | null
  readonly function: string | null
  readonly message: string | null
  readonly createdAt: Date
  /** What the person is there already, when they ask for more. */
  readonly role: Role | null
  /** The last day of that (`2026-12-31`), which a higher role leaves as it is. */
  readonly endsOn: string | null
}

export async function listOpenOf(db: Reader, organisation: string): Promise<OpenRequest[]> {
  const rows = await db
    .selectFrom('join_request')
    .innerJoin('account', 'account.id', 'join_request.account_id')
    .leftJoin('membership', (join) =>
      join
        .onRef('membership.organisation_id', '=', 'join_request.organisation_id')
        .onRef('membership.account_id', '=', 'join_request.account_id')
        .on('membership.state', '=', 'active'),
    )
    .select([
      'join_request.id',
      'join_request.kind',
      'join_request.account_id as account',
      'account.given_name',
      'account.family_name',
      'account.email',
      'join_request.wished_role as wishedRole',
      'join_request.function',
      'join_request.message',
      'join_request.created_at as createdAt',
      'membership.role',
      sql<string | null>`membership.ends_on::text`.as('endsOn'),
    ])
    .where('join_request.organisation_id', '=', organisation)
    .where('join_request.state', '=', 'pending')
    .orderBy('join_request.id')
    .limit(100)
    .execute()
  return rows as OpenRequest[]
}

/** A request, held until the end of the transaction: of two decisions the second finds it decided. */
export async function lockRequest(
  tx: Tx<Tables>,
  id: string,
): Promise<
  | {
      organisation: string | null
      account: string
      kind: 'join' | 'raise'
      state: RequestState
      name: string | null
    }
  | undefined
> {
  const row = await tx
    .selectFrom('join_request')
    .select([
      'organisation_id as organisation',
      'account_id as account',
      'kind',
      'state',
      'asked_name as name',
    ])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row as Awaited<ReturnType<typeof lockRequest>>
}

/** @returns false when it was settled already */
export async function settleRequest(
  tx: Tx<Tables>,
  id: string,
  as: {
    readonly state: 'approved' | 'refused' | 'withdrawn' | 'expired'
    readonly by: string | null
    readonly role?: Grantable
    readonly reason?: string | null
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('join_request')
    .set({
      state: as.state,
      settled_at: sql<Date>`now()`,
      decided_by: as.by,
      granted_role: as.role ?? null,
      reason: as.reason ?? null,
    })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** What waits at an organisation, refused by nobody. The caller holds the organisation. */
export async function refuseAllOf(
  tx: Tx<Tables>,
  organisation: string,
): Promise<{ readonly id: string; readonly account: string; readonly kind: 'join' | 'raise' }[]> {
  const rows = await tx
    .updateTable('join_request')
    .set({ state: 'refused', settled_at: sql<Date>`now()` })
    .where('organisation_id', '=', organisation)
    .where('state', '=', 'pending')
    .returning(['id', 'account_id as account', 'kind'])
    .execute()
  return rows as { id: string; account: string; kind: 'join' | 'raise' }[]
}
