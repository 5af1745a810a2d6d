import type { Db } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** What one site has made of a change. */
export interface SiteState {
  readonly client: string
  readonly name: string
  /**
   * `applied`: it has acknowledged the change, or nobody was signed in there who could be told.
   * `late`: not acknowledged yet; it is tried until it is. `given-up`: it refused, or could not be
   * reached for a week; what it knew has run out long before (a minute, 7.5).
   */
  readonly state: 'applied' | 'late' | 'given-up'
  readonly since: Date
}

export interface Applied {
  /** When the change was made. */
  readonly at: Date
  /** Every site of the house, by name. */
  readonly sites: readonly SiteState[]
}

/**
 * How far the latest change of a member's rights has come: « appliqué sur 4 sites sur 4 ». Also of who
 * is no member any more.
 * @returns null when nothing has changed within the last thirty days
 */
export async function appliedOf(
  db: Db<Tables>,
  of: { readonly organisation: string; readonly account: string },
): Promise<Applied | null> {
  const { rows } = await sql<{ at: Date } & SiteState>`
    with latest as (
      select id, at, spread_at from signal
        where account_id = ${of.account}::uuid and organisation_id = ${of.organisation}::uuid
        order by position desc limit 1
    )
    select latest.at, client.client_id as client, client.name,
        case
          when delivery.state is null then case when spread_at is null then 'late' else 'applied' end
          when delivery.state = 'acknowledged' then 'applied'
          when delivery.state = 'pending' then 'late'
          else 'given-up'
        end as state,
        coalesce(delivery.settled_at, latest.at) as since
      from latest cross join client
        left join signal_delivery delivery
          on delivery.signal_id = latest.id and delivery.client_id = client.client_id
      where client.events_uri is not null
      order by client.name, client.client_id`.execute(db)
  const at = rows[0]?.at
  if (!at) return null
  return { at, sites: rows.map(({ at: _, ...site }) => site) }
}
