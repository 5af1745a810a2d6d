import type { Db } from '@myanm/database'
import { type RawBuilder, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { GIVEN_UP_AFTER } from './rules.ts'

/**
 * What may be delivered now: nothing of a person before what the site keeps failing at, nor before a
 * change that is not turned into deliveries yet.
 */
export const isDue = (delivery: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`
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

export const THIS = sql`delivery`

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

/**
 * What is to be delivered to a site now, of each person the oldest first. Whoever has a change of their
 * own comes before those who hear of one of their organisation with ten thousand others, which have a
 * part of every batch all the same. Order is owed to each person, and kept: of nobody something is in it
 * without what is before it.
 */
export async function listDue(
  db: Db<Tables>,
  client: string,
  most: { readonly own: number; readonly inTurn: number },
): Promise<Delivery[]> {
  const { rows } = await sql<Delivery>`
    with people as (
      select distinct account_id from (
        select delivery.account_id from signal_delivery delivery
          where delivery.client_id = ${client} and not delivery.is_broad and ${isDue(THIS)}
          order by delivery.position limit ${most.own}
      ) first
    ), own as (
      select delivery.id from people
        join signal_delivery delivery on delivery.account_id = people.account_id
          and delivery.client_id = ${client}
        where ${isDue(THIS)}
        order by delivery.position, delivery.id limit ${most.own}
    ), in_turn as (
      select delivery.id from signal_delivery delivery
        where delivery.client_id = ${client} and ${isDue(THIS)}
        order by delivery.position, delivery.id limit ${most.inTurn}
    )
    select delivery.id, delivery.account_id as account, signal.kind, delivery.sid,
        delivery.rights_version as "rightsVersion", signal.at, delivery.tries
      from (select id from own union select id from in_turn) chosen
        join signal_delivery delivery using (id)
        join signal on signal.id = delivery.signal_id
      order by delivery.id not in (select id from own), delivery.position, delivery.id`.execute(db)
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

/**
 * What was never acknowledged becomes a dead letter, also of a site nobody delivers to any more.
 * @returns how many did
 */
export async function giveUpOld(db: Db<Tables>): Promise<number> {
  const { numAffectedRows } = await sql`update signal_delivery
    set state = 'given-up', next_try_at = null, settled_at = clock_timestamp()
    where state = 'pending'
      and queued_at < now() - ${GIVEN_UP_AFTER} * interval '1 day'`.execute(db)
  return Number(numAffectedRows ?? 0)
}
