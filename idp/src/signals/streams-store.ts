import { randomInt } from 'node:crypto'
import { type Db, transact } from '@myanm/database'
import { sql } from 'kysely'
import type { Client } from 'pg'
import type { Tables } from '../tables.ts'
import { LEASE } from './rules.ts'
import { isDue, THIS } from './store.ts'

/** Names the locks of PostgreSQL that stand for processes which are alive, each with its number. */
const ALIVE = 727_730

/**
 * Takes a lock that lasts as long as this connection: PostgreSQL lets go of it in the moment the process
 * dies, however it dies, and whoever finds it free knows.
 * @returns its number
 */
export async function standFor(connection: Pick<Client, 'query'>): Promise<number> {
  const holder = randomInt(2 ** 31)
  await connection.query('select pg_advisory_lock($1, $2)', [ALIVE, holder])
  return holder
}

/** Who delivers to a site: this turn, of this process. */
export interface Lease {
  readonly client: string
  readonly lease: string
  readonly holder: number
}

/** A site one may deliver to, until the lease ends. */
export interface Stream {
  readonly eventsUri: string
  readonly sector: string
  /** Turns in a row in which nothing got through. */
  readonly tries: number
}

/**
 * Takes the right to deliver to a site; undefined when another process has it. A process that is gone has
 * nothing: its lease is over in that moment. Of one whose machine fell silent, PostgreSQL does not know;
 * that lease runs out.
 */
export async function takeStream(
  db: Db<Tables>,
  { client, lease, holder }: Lease,
): Promise<Stream | undefined> {
  const { rows } = await sql<Stream>`
    with taken as (
      insert into signal_stream as stream (client_id, lease, leased_until, holder)
        select client_id, ${lease}::uuid, now() + ${LEASE} * interval '1 millisecond', ${holder}::int
          from client where client_id = ${client} and events_uri is not null
        on conflict (client_id) do update
          set lease = excluded.lease, leased_until = excluded.leased_until, holder = excluded.holder
          where stream.next_try_at <= now() and (
            stream.lease is null or stream.leased_until < now()
            -- Left over from a turn of our own that broke off.
            or stream.holder = excluded.holder
            or (stream.holder is not null and pg_try_advisory_xact_lock(${ALIVE}, stream.holder))
          )
        returning client_id, tries
    )
    select events_uri as "eventsUri", sector, tries
      from taken join client using (client_id)`.execute(db)
  return rows[0]
}

/** @returns false when the lease is somebody else's by now: one stops */
export async function renewLease(db: Db<Tables>, { client, lease }: Lease): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update signal_stream set leased_until = now() + ${LEASE} * interval '1 millisecond'
      where client_id = ${client} and lease = ${lease}::uuid`.execute(db)
  return Number(numAffectedRows ?? 0) === 1
}

/**
 * Gives the lease back when nothing is left to deliver. Whoever adds something first finds the row
 * locked here, or is seen by the second statement: nothing is left lying because each thought the other
 * would take it.
 * @returns `more` when there is something to deliver
 */
export function releaseWhenDone(
  db: Db<Tables>,
  { client, lease }: Lease,
): Promise<'released' | 'more' | 'lost'> {
  return transact(db, async (tx) => {
    const held = await sql`
      select from signal_stream where client_id = ${client} and lease = ${lease}::uuid
        for update`.execute(tx)
    if (held.rows.length === 0) return 'lost'
    const { numAffectedRows } = await sql`
      update signal_stream set lease = null, leased_until = null, holder = null
        where client_id = ${client} and not exists (
          select from signal_delivery delivery
            where delivery.client_id = ${client} and ${isDue(THIS)}
        )`.execute(tx)
    return Number(numAffectedRows ?? 0) === 1 ? 'released' : 'more'
  })
}

/** Gives the lease back whatever is left: the next process goes on at once. */
export async function release(db: Db<Tables>, { client, lease }: Lease): Promise<void> {
  await sql`update signal_stream set lease = null, leased_until = null, holder = null
    where client_id = ${client} and lease = ${lease}::uuid`.execute(db)
}

/** Nothing gets through to a site: it is left alone for so many milliseconds. */
export async function leaveAlone(
  db: Db<Tables>,
  { client, lease }: Lease,
  pause: number,
): Promise<void> {
  await sql`update signal_stream
    set lease = null, leased_until = null, holder = null, tries = tries + 1,
      failing_since = coalesce(failing_since, now()),
      next_try_at = now() + ${pause} * interval '1 millisecond'
    where client_id = ${client} and lease = ${lease}::uuid`.execute(db)
}

/** A site is back: what it failed at while it was away is tried with the rest. */
export async function noteReachable(db: Db<Tables>, client: string): Promise<void> {
  await sql`update signal_stream set tries = 0, failing_since = null, next_try_at = '-infinity'
    where client_id = ${client} and tries > 0`.execute(db)
}
