import { type Db, type Tx, transact } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { GIVEN_UP_AFTER } from './rules.ts'

/** Names the lock of PostgreSQL that lets one process at a time count. */
const COUNTING = 727_740

/** Steps from one millisecond to ten: each is an eighth longer than the one before. */
const STEPS = 20

/** A change that was not acknowledged within this long is counted as not acknowledged yet, in seconds. */
const UNANSWERED_AFTER = 10

/** Kept so long, in days; and how far back a page looks. */
const KEPT = 90
const SHOWN = 30

const TODAY = sql`(now() at time zone 'Europe/Brussels')::date`

/**
 * Counts how long each change took to be acknowledged at each site, by site and day: what stays of the
 * deliveries when they are forgotten, with nobody in it. A day can change for as long as its deliveries
 * are tried, and is counted anew: done twice, it is the same.
 */
export async function countLatencies(db: Db<Tables>): Promise<void> {
  const since = sql`${TODAY} - ${GIVEN_UP_AFTER + 1}::int`
  await transact(db, async (tx) => {
    await sql`select pg_advisory_xact_lock(${COUNTING})`.execute(tx)
    await sql`delete from site_latency
      where day >= ${since} or day < ${TODAY} - ${KEPT}::int`.execute(tx)
    await sql`
      insert into site_latency (client_id, day, within_ms, deliveries)
        select delivery.client_id, (signal.at at time zone 'Europe/Brussels')::date,
            case when delivery.state = 'acknowledged' then least(2e9, ceil(power(10, ceil(
              log(greatest(1, extract(epoch from delivery.settled_at - signal.at) * 1000)::float8)
                * ${STEPS}) / ${STEPS}::float8)))::int end,
            count(*)
          from signal join signal_delivery delivery on delivery.signal_id = signal.id
          where signal.kind = 'rights-changed'
            and signal.at >= (${since})::timestamp at time zone 'Europe/Brussels'
            and (delivery.state <> 'pending'
              or signal.at < now() - ${UNANSWERED_AFTER} * interval '1 second')
          group by 1, 2, 3`.execute(tx)
  })
}

/** So many changes of a site, acknowledged within so long; null: not acknowledged. */
export interface LatencyStep {
  readonly client: string
  readonly within: number | null
  /** Since yesterday, within seven days, within thirty: today is one of them. */
  readonly day: number
  readonly week: number
  readonly month: number
}

export async function listLatencies(db: Db<Tables>): Promise<LatencyStep[]> {
  const { rows } = await sql<LatencyStep>`
    select client_id as client, within_ms as within,
        coalesce(sum(deliveries) filter (where day >= ${TODAY} - 1), 0)::int as day,
        coalesce(sum(deliveries) filter (where day > ${TODAY} - 7), 0)::int as week,
        sum(deliveries)::int as month
      from site_latency where day > ${TODAY} - ${SHOWN}::int
      group by client_id, within_ms`.execute(db)
  return rows
}

/** A site that hears of changes, and what waits for it now. */
export interface HearingSite {
  readonly client: string
  readonly name: string
  /** When the oldest change it has not acknowledged was made; null when none waits. */
  readonly waitingSince: Date | null
  readonly waiting: number
}

export async function listHearingSites(db: Db<Tables>): Promise<HearingSite[]> {
  const { rows } = await sql<HearingSite>`
    select client.client_id as client, client.name, min(signal.at) as "waitingSince",
        count(signal.id)::int as waiting
      from client
        left join signal_delivery delivery
          on delivery.client_id = client.client_id and delivery.state = 'pending'
        left join signal on signal.id = delivery.signal_id
      where client.events_uri is not null
      group by client.client_id
      order by client.name, client.client_id`.execute(db)
  return rows
}

/**
 * Tells every site of the latest change of somebody who is signed in nowhere, in the transaction of the
 * change. Whoever is somebody is told of where they have a grant: `spread`.
 * @returns the change
 */
export async function tellEverySite(tx: Tx<Tables>, account: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    with latest as (
      select id, position, account_id, rights_version from signal
        where account_id = ${account}::uuid order by position desc limit 1
    ), told as (
      insert into signal_delivery (signal_id, position, client_id, account_id, rights_version)
        select id, position, client_id, account_id, rights_version
          from latest cross join client where events_uri is not null
    )
    select id from latest`.execute(tx)
  return rows[0]?.id
}

/** What became of one change at one site. */
export interface Acknowledgement {
  readonly client: string
  readonly at: Date
  /** When it was acknowledged; null when it was not. */
  readonly acknowledgedAt: Date | null
}

/** What each site made of the latest changes of an account. @param of.changes how many of them */
export async function listAcknowledgements(
  db: Db<Tables>,
  of: { readonly account: string; readonly changes: number },
): Promise<Acknowledgement[]> {
  const { rows } = await sql<Acknowledgement>`
    select delivery.client_id as client, latest.at,
        case when delivery.state = 'acknowledged' then delivery.settled_at end as "acknowledgedAt"
      from (
        select id, at, position from signal where account_id = ${of.account}::uuid
            and exists (select from signal_delivery told where told.signal_id = signal.id)
          order by position desc limit ${of.changes}
      ) latest join signal_delivery delivery on delivery.signal_id = latest.id
      order by latest.position, delivery.client_id`.execute(db)
  return rows
}

/** Whether every site has settled a change, whatever it made of it. */
export async function isSettled(db: Db<Tables>, signal: string): Promise<boolean> {
  const { rows } = await sql`select from signal_delivery
    where signal_id = ${signal}::uuid and state = 'pending' limit 1`.execute(db)
  return rows.length === 0
}
