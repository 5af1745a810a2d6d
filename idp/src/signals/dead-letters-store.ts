import type { Db, Tx } from '@myanm/database'
import { type RawBuilder, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { OVERDUE } from './rules.ts'

/** A change a site has never heard of. */
export interface DeadLetter {
  readonly id: string
  readonly client: string
  readonly site: string
  readonly account: string
  readonly organisation: string | null
  readonly kind: 'rights-changed' | 'sessions-ended'
  /** `refused`: the site does not want it, and says why. `given-up`: it was not reached for a week. */
  readonly state: 'refused' | 'given-up'
  readonly reason: string | null
  readonly tries: number
  /** When the change was made, and when it was given up. */
  readonly at: Date
  readonly since: Date
}

const DEAD = sql`delivery.state in ('refused', 'given-up')`

const LETTER = sql`
  select delivery.id, delivery.client_id as client, client.name as site,
      delivery.account_id as account, signal.organisation_id as organisation, signal.kind,
      delivery.state, delivery.last_reason as reason, delivery.tries, signal.at,
      delivery.settled_at as since
    from signal_delivery delivery
      join signal on signal.id = delivery.signal_id
      join client on client.client_id = delivery.client_id
    where ${DEAD}`

/**
 * A page of what no site has acknowledged and nobody tries any more, the latest first. By key: the last
 * page costs what the first one does, and what is told again meanwhile moves nothing out of sight.
 */
export async function listDeadLetters(
  db: Db<Tables>,
  asked: { readonly after?: string | null; readonly most: number },
): Promise<{ readonly letters: readonly DeadLetter[]; readonly next: string | null }> {
  const { after = null, most } = asked
  const beyond = after
    ? sql`and (delivery.settled_at, delivery.id) < (
        coalesce((select settled_at from signal_delivery where id = ${after}::uuid), 'infinity'),
        ${after}::uuid)`
    : sql``
  const { rows } = await sql<DeadLetter>`${LETTER} ${beyond}
    order by delivery.settled_at desc, delivery.id desc limit ${most + 1}`.execute(db)
  const letters = rows.slice(0, most)
  return { letters, next: rows.length > most ? (letters.at(-1)?.id ?? null) : null }
}

/** Undefined when it is no dead letter, or none any more. */
export async function findDeadLetter(db: Db<Tables>, id: string): Promise<DeadLetter | undefined> {
  const { rows } = await sql<DeadLetter>`${LETTER} and delivery.id = ${id}::uuid`.execute(db)
  return rows[0]
}

/** How much a site has never heard of. */
export interface Unheard {
  readonly client: string
  readonly site: string
  readonly count: number
}

/** How many dead letters there are, site by site. */
export async function countDeadLetters(db: Db<Tables>): Promise<Unheard[]> {
  const { rows } = await sql<Unheard>`
    select client.client_id as client, client.name as site, count(*) as count
      from signal_delivery delivery join client using (client_id)
      where ${DEAD}
      group by client.client_id order by client.name, client.client_id`.execute(db)
  return rows
}

/** A site that does not hear, or not everything. */
export interface FailingSite {
  readonly client: string
  readonly site: string
  readonly since: Date
  /** Deliveries that wait for it. */
  readonly waiting: number
  /** Why the one that was tried most did not get through. */
  readonly reason: string | null
}

/**
 * The sites nothing gets through to, and those something should have got through to by now, the longest
 * first: one that answers 404 or 500 to everything is among them after seconds, and not after a week.
 */
export async function listFailingSites(db: Db<Tables>): Promise<FailingSite[]> {
  const { rows } = await sql<FailingSite>`
    select client.client_id as client, client.name as site,
        least(stream.failing_since, pending.overdue_since) as since, pending.waiting,
        case when client.events_uri is null then 'no events_uri' else pending.reason end as reason
      from client
        left join signal_stream stream using (client_id)
        cross join lateral (
          select count(*) as waiting,
              min(queued_at) filter (
                where tries >= ${OVERDUE.tries}
                  or queued_at < now() - ${OVERDUE.seconds} * interval '1 second'
              ) as overdue_since,
              (array_agg(last_reason order by tries desc) filter (where last_reason is not null))[1]
                as reason
            from signal_delivery delivery
            where delivery.client_id = client.client_id and delivery.state = 'pending'
        ) pending
      where stream.failing_since is not null or pending.overdue_since is not null
      order by since, client.client_id`.execute(db)
  return rows
}

/** Changes no site is being told of, because no process of MyANM has taken them up. */
export async function countUntold(db: Db<Tables>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from signal
      where spread_at is null
        and at < now() - ${OVERDUE.seconds} * interval '1 second'`.execute(db)
  return rows[0]?.count ?? 0
}

/**
 * Tells a site again, once whatever stood in the way is mended.
 * @returns false when it is no dead letter, or none any more
 */
export async function deliverAgain(db: Db<Tables> | Tx<Tables>, id: string): Promise<boolean> {
  return (await requeue(db, sql`delivery.id = ${id}::uuid`)) > 0
}

/** Tells one site everything it never heard of. @returns how much that is */
export function deliverAllAgain(db: Db<Tables> | Tx<Tables>, client: string): Promise<number> {
  return requeue(db, sql`delivery.client_id = ${client}`)
}

/**
 * Behind what waits for the same person, and with the version their rights have now: a site that compares
 * versions would take the old one, told after newer ones, for a thing of the past.
 */
async function requeue(db: Db<Tables> | Tx<Tables>, which: RawBuilder<unknown>): Promise<number> {
  const { numAffectedRows } = await sql`
    update signal_delivery delivery
      set state = 'pending', tries = 0, last_reason = null, settled_at = null,
        queued_at = clock_timestamp(), rights_version = account.rights_version,
        position = greatest(delivery.position, (
          select max(waiting.position) from signal_delivery waiting
            where waiting.client_id = delivery.client_id
              and waiting.account_id = delivery.account_id and waiting.state = 'pending'
        ))
      from account
      where account.id = delivery.account_id and ${which} and ${DEAD}`.execute(db)
  const count = Number(numAffectedRows ?? 0)
  if (count > 0) await sql`notify signal`.execute(db)
  return count
}
