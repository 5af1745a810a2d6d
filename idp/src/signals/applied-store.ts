import type { Db } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** What one site has made of a change. */
export interface SiteState {
  readonly client: string
  readonly name: string
  /**
   * `applied`: it has acknowledged the change, or nobody was signed in there who could be told.
   * `late`: not acknowledged yet; it is tried until it is. `refused`: it does not want it.
   * `given-up`: it could not be reached for a week. What such a site knew has run out long before (a
   * minute, 7.5).
   */
  readonly state: 'applied' | 'late' | 'refused' | 'given-up'
  /** Of one that is late: since its oldest change that waits. Of any other: since it is as it is. */
  readonly since: Date
}

export interface Applied {
  /** When the change was made. */
  readonly at: Date
  /** Every site of the house, by name. */
  readonly sites: readonly SiteState[]
}

/** Whose changes one follows. */
export type Changed =
  /** A member’s rights in one organisation; also of who is no member any more. */
  | { readonly organisation: string; readonly account: string }
  /** A whole organisation, for all its members. */
  | { readonly organisation: string }
  /** Everything about one account, for the team. */
  | { readonly account: string }

/**
 * How far the latest change has come: « appliqué sur 4 sites sur 4 ». Who leads an organisation sees
 * nothing here of what waits for the same person because of another one (M53).
 * @returns null when nothing has changed within the last thirty days
 */
export async function appliedOf(db: Db<Tables>, of: Changed): Promise<Applied | null> {
  const { rows } = await sql<{ at: Date } & SiteState>`
    with change as (
      select id, at, spread_at from signal where ${concerning(of)}
    ), latest as (
      -- What one transaction changes leaves several signals: a suspension ends sessions, too.
      select max(at) as at, max(at) - interval '1 second' as since,
          min(at) filter (where spread_at is null) as waiting_since
        from change
    ), told as (
      select delivery.client_id,
          min(delivery.queued_at) filter (where delivery.state = 'pending') as late_since,
          max(delivery.settled_at) filter (where change.at >= latest.since) as settled_at,
          bool_or(delivery.state = 'refused' and change.at >= latest.since) as is_refused,
          bool_or(delivery.state = 'given-up' and change.at >= latest.since) as is_given_up
        from latest cross join change
          join signal_delivery delivery on delivery.signal_id = change.id
        group by delivery.client_id
    )
    select latest.at, client.client_id as client, client.name,
        case
          when coalesce(late_since, waiting_since) is not null then 'late'
          when is_refused then 'refused'
          when is_given_up then 'given-up'
          else 'applied'
        end as state,
        coalesce(late_since, waiting_since, settled_at, latest.at) as since
      from latest cross join client left join told using (client_id)
      where client.events_uri is not null and latest.at is not null
      order by client.name, client.client_id`.execute(db)
  const at = rows[0]?.at
  if (!at) return null
  return { at, sites: rows.map(({ at: _, ...site }) => site) }
}

function concerning(of: Changed) {
  if (!('account' in of)) {
    return sql`account_id is null and organisation_id = ${of.organisation}::uuid`
  }
  const theirs = sql`account_id = ${of.account}::uuid`
  return 'organisation' in of
    ? sql`${theirs} and organisation_id = ${of.organisation}::uuid`
    : theirs
}
