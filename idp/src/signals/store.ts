import { type Db, transact } from '@myanm/database'
import { type RawBuilder, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { GIVEN_UP_AFTER, LEASE } from './rules.ts'

/** Names the lock of PostgreSQL that lets one process at a time turn signals into deliveries. */
const SPREADING = 727_729

/** Signals that are turned into deliveries in one transaction. */
const SPREAD_AT_ONCE = 500

/**
 * Turns signals into deliveries: one for each site where the person has a grant, which any site must
 * have had to read rights. Done after the commit of the change, so that every grant by which the old
 * rights can have been read is there to be seen. One process at a time, in the order of the signals: what
 * is delivered of a person is in the order of its changes.
 */
export async function spreadSignals(db: Db<Tables>): Promise<void> {
  for (;;) {
    const spread = await transact(db, async (tx) => {
      await sql`select pg_advisory_xact_lock(${SPREADING})`.execute(tx)
      const { rows } = await sql<{ count: number }>`
        with fresh as (
          select id, position, account_id, organisation_id, rights_version from signal
            where spread_at is null order by position limit ${SPREAD_AT_ONCE}
        ), concerned as (
          select id, position, account_id, rights_version from fresh where account_id is not null
          union all
          select fresh.id, fresh.position, member.account_id, account.rights_version
            from fresh
              join membership member on member.organisation_id = fresh.organisation_id
                and member.state = 'active'
              join account on account.id = member.account_id
            where fresh.account_id is null
        ), told as (
          insert into signal_delivery (signal_id, position, client_id, account_id, rights_version)
            select distinct concerned.id, concerned.position, client.client_id,
                concerned.account_id, concerned.rights_version
              from concerned
                join oidc_artefact held on held.account_id = concerned.account_id
                  and held.kind = 'Grant' and held.expires_at > now()
                join client on client.client_id = held.payload ->> 'clientId'
                  and client.events_uri is not null
            on conflict do nothing
        ), done as (
          update signal set spread_at = clock_timestamp() from fresh where signal.id = fresh.id
        )
        select count(*) from fresh`.execute(tx)
      return rows[0]?.count ?? 0
    })
    if (spread < SPREAD_AT_ONCE) return
  }
}

/**
 * What may be delivered now: nothing of a person before what the site keeps failing at, nor before a
 * change that is not turned into deliveries yet.
 */
const isDue = (delivery: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`
  ${delivery}.state = 'pending'
    and not exists (
      select from signal_delivery paused
        where paused.client_id = ${delivery}.client_id and paused.account_id = ${delivery}.account_id
          and paused.state = 'pending' and paused.next_try_at > now()
    )
    and not exists (
      select from signal waiting
        where waiting.spread_at is null and waiting.account_id = ${delivery}.account_id
          and waiting.position < ${delivery}.position
    )`

const THIS = sql`delivery`

/** What there is to do, in one statement: most of the time nothing. */
export interface Work {
  /** Whether signals are to be turned into deliveries. */
  readonly isFresh: boolean
  /** Sites to which something is to be delivered now, and that are not left alone for a while. */
  readonly due: readonly string[]
}

export async function lookForWork(db: Db<Tables>): Promise<Work> {
  const { rows } = await sql<Work>`
    select exists (select from signal where spread_at is null) as "isFresh",
      array(
        select client_id from client
          where events_uri is not null
            and exists (
              select from signal_delivery delivery
                where delivery.client_id = client.client_id and ${isDue(THIS)}
            )
            and not exists (
              select from signal_stream stream
                where stream.client_id = client.client_id and stream.next_try_at > now()
            )
      ) as due`.execute(db)
  return rows[0] ?? { isFresh: false, due: [] }
}

/** A site one may deliver to, until the lease ends. */
export interface Stream {
  readonly eventsUri: string
  readonly sector: string
  /** Turns in a row in which nothing got through. */
  readonly tries: number
}

/** Takes the right to deliver to a site; undefined when another process has it. */
export async function takeStream(
  db: Db<Tables>,
  client: string,
  lease: string,
): Promise<Stream | undefined> {
  const { rows } = await sql<Stream>`
    with taken as (
      insert into signal_stream as stream (client_id, lease, leased_until)
        select client_id, ${lease}::uuid, now() + ${LEASE} * interval '1 millisecond'
          from client where client_id = ${client} and events_uri is not null
        on conflict (client_id) do update
          set lease = excluded.lease, leased_until = excluded.leased_until
          where (stream.leased_until is null or stream.leased_until < now())
            and stream.next_try_at <= now()
        returning client_id, tries
    )
    select events_uri as "eventsUri", sector, tries
      from taken join client using (client_id)`.execute(db)
  return rows[0]
}

/** @returns false when the lease is somebody else's by now: one stops */
export async function renewLease(db: Db<Tables>, client: string, lease: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update signal_stream set leased_until = now() + ${LEASE} * interval '1 millisecond'
      where client_id = ${client} and lease = ${lease}::uuid`.execute(db)
  return Number(numAffectedRows ?? 0) === 1
}

/**
 * Gives the lease back when nothing is left to deliver. Whoever adds something first finds the row
 * locked here, or is seen by the second statement: nothing is left lying because each thought the other
 * would take it.
 * @returns false when there is something to deliver, or the lease is lost
 */
export function releaseWhenDone(
  db: Db<Tables>,
  client: string,
  lease: string,
): Promise<'released' | 'more' | 'lost'> {
  return transact(db, async (tx) => {
    const held = await sql`
      select from signal_stream where client_id = ${client} and lease = ${lease}::uuid
        for update`.execute(tx)
    if (held.rows.length === 0) return 'lost'
    const { numAffectedRows } = await sql`
      update signal_stream set lease = null, leased_until = null
        where client_id = ${client} and not exists (
          select from signal_delivery delivery
            where delivery.client_id = ${client} and ${isDue(THIS)}
        )`.execute(tx)
    return Number(numAffectedRows ?? 0) === 1 ? 'released' : 'more'
  })
}

/** Gives the lease back whatever is left: the next process goes on at once. */
export async function release(db: Db<Tables>, client: string, lease: string): Promise<void> {
  await sql`update signal_stream set lease = null, leased_until = null
    where client_id = ${client} and lease = ${lease}::uuid`.execute(db)
}

/** Nothing gets through to a site: it is left alone for a while. */
export async function leaveAlone(
  db: Db<Tables>,
  given: { readonly client: string; readonly lease: string; readonly pause: number },
): Promise<void> {
  await sql`update signal_stream
    set lease = null, leased_until = null, tries = tries + 1,
      failing_since = coalesce(failing_since, now()),
      next_try_at = now() + ${given.pause} * interval '1 millisecond'
    where client_id = ${given.client} and lease = ${given.lease}::uuid`.execute(db)
}

/** A site is back: what it failed at while it was away is tried with the rest. */
export async function noteReachable(db: Db<Tables>, client: string): Promise<void> {
  await sql`update signal_stream set tries = 0, failing_since = null, next_try_at = '-infinity'
    where client_id = ${client} and tries > 0`.execute(db)
}

/** One thing to be told to one site. */
export interface Delivery {
  readonly id: string
  readonly account: string
  readonly kind: 'rights-changed' | 'sessions-ended'
  readonly sid: string | null
  readonly rightsVersion: number
  readonly at: Date
  readonly tries: number
}

/** What is to be delivered to a site now, the oldest first. */
export async function listDue(db: Db<Tables>, client: string, most: number): Promise<Delivery[]> {
  const { rows } = await sql<Delivery>`
    select delivery.id, delivery.account_id as account, signal.kind, delivery.sid,
        delivery.rights_version as "rightsVersion", signal.at, delivery.tries
      from signal_delivery delivery join signal on signal.id = delivery.signal_id
      where delivery.client_id = ${client} and ${isDue(THIS)}
      order by delivery.position, delivery.id
      limit ${most}`.execute(db)
  return rows
}

/** What came of a delivery, for good. */
export async function settle(
  db: Db<Tables>,
  id: string,
  outcome: { readonly state: 'acknowledged' | 'refused'; readonly reason: string | null },
): Promise<void> {
  await sql`update signal_delivery
    set state = ${outcome.state}, last_reason = ${outcome.reason}, tries = tries + 1,
      next_try_at = null, settled_at = clock_timestamp()
    where id = ${id}::uuid and state = 'pending'`.execute(db)
}

/** A delivery failed. @param given.pause how long it waits by itself, in milliseconds; none with its site */
export async function noteFailure(
  db: Db<Tables>,
  id: string,
  given: { readonly reason: string; readonly pause: number | null },
): Promise<void> {
  await sql`update signal_delivery
    set tries = tries + 1, last_reason = ${given.reason.slice(0, 300)},
      next_try_at = now() + ${given.pause}::float8 * interval '1 millisecond'
    where id = ${id}::uuid and state = 'pending'`.execute(db)
}

/** What was never acknowledged becomes a dead letter. @returns how many did */
export async function giveUpOld(db: Db<Tables>, client: string): Promise<number> {
  const { numAffectedRows } = await sql`update signal_delivery
    set state = 'given-up', next_try_at = null, settled_at = clock_timestamp()
    where client_id = ${client} and state = 'pending'
      and queued_at < now() - ${GIVEN_UP_AFTER} * interval '1 day'`.execute(db)
  return Number(numAffectedRows ?? 0)
}
