import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

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

/** What no site has acknowledged and nobody tries any more, the latest first. */
export async function listDeadLetters(db: Db<Tables>, most = 100): Promise<DeadLetter[]> {
  const { rows } = await sql<DeadLetter>`
    select delivery.id, delivery.client_id as client, client.name as site,
        delivery.account_id as account, signal.organisation_id as organisation, signal.kind,
        delivery.state, delivery.last_reason as reason, delivery.tries, signal.at,
        delivery.settled_at as since
      from signal_delivery delivery
        join signal on signal.id = delivery.signal_id
        join client on client.client_id = delivery.client_id
      where delivery.state in ('refused', 'given-up')
      order by delivery.settled_at desc, delivery.id
      limit ${most}`.execute(db)
  return rows
}

/** A site that does not hear. */
export interface FailingSite {
  readonly client: string
  readonly site: string
  readonly since: Date
  /** Deliveries that wait for it. */
  readonly waiting: number
}

/** The sites nothing gets through to, the longest first. */
export async function listFailingSites(db: Db<Tables>): Promise<FailingSite[]> {
  const { rows } = await sql<FailingSite>`
    select client_id as client, client.name as site, stream.failing_since as since,
        (select count(*) from signal_delivery delivery
          where delivery.client_id = stream.client_id and delivery.state = 'pending') as waiting
      from signal_stream stream join client using (client_id)
      where stream.failing_since is not null
      order by stream.failing_since`.execute(db)
  return rows
}

/**
 * Tells a site again, once whatever stood in the way is mended.
 * @returns false when it is no dead letter, or none any more
 */
export async function deliverAgain(db: Db<Tables> | Tx<Tables>, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update signal_delivery
      set state = 'pending', tries = 0, last_reason = null, settled_at = null,
        queued_at = clock_timestamp()
      where id = ${id}::uuid and state in ('refused', 'given-up')`.execute(db)
  if (Number(numAffectedRows ?? 0) === 0) return false
  await sql`notify signal`.execute(db)
  return true
}
