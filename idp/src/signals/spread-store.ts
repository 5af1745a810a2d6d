import { type Db, type Tx, transact } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** Names the lock of PostgreSQL that lets one process at a time turn signals into deliveries. */
const SPREADING = 727_729

/** Changes of one person that are turned into deliveries in one transaction. */
const PEOPLE_AT_ONCE = 500

/** Members of an organisation that has changed, in one transaction: no change of a person waits for more. */
const MEMBERS_AT_ONCE = 500

/**
 * Turns signals into deliveries, some at a time: one for each site where the person has a grant, which
 * any site must have had to read rights. Done after the commit of the change, so that every grant by
 * which the old rights can have been read is there to be seen. One process at a time: what is delivered
 * of a person is in the order of its changes, while those of one person do not wait for those of
 * organisations with ten thousand members.
 */
export function spreadSignals(db: Db<Tables>): Promise<void> {
  return transact(db, async (tx) => {
    await sql`select pg_advisory_xact_lock(${SPREADING})`.execute(tx)
    await spreadOfPeople(tx)
    await spreadOfOrganisation(tx)
  })
}

/** A delivery of each row of `concerned` for each site where its person has a grant. */
const TELL = sql`
  insert into signal_delivery
      (signal_id, position, client_id, account_id, rights_version, is_broad)
    select distinct concerned.id, concerned.position, client.client_id, concerned.account_id,
        concerned.rights_version, concerned.is_broad
      from concerned
        join oidc_artefact held on held.account_id = concerned.account_id
          and held.kind = 'Grant' and held.expires_at > now()
        join client on client.client_id = held.payload ->> 'clientId'
          and client.events_uri is not null
    on conflict do nothing`

/**
 * The changes of single persons. What has changed before in an organisation they act for, and is not told
 * to its members yet, is told to these with it: in its order, without waiting for all the others.
 */
async function spreadOfPeople(tx: Tx<Tables>): Promise<void> {
  await sql`
    with fresh as (
      select id, position, account_id, rights_version from signal
        where spread_at is null and account_id is not null
        order by position limit ${PEOPLE_AT_ONCE}
    ), concerned as (
      select id, position, account_id, rights_version, false as is_broad from fresh
      union all
      select broad.id, broad.position, fresh.account_id, min(fresh.rights_version), true
        from fresh
          join membership member on member.account_id = fresh.account_id
            and member.state = 'active'
          join signal broad on broad.organisation_id = member.organisation_id
            and broad.account_id is null and broad.spread_at is null
            and broad.position < fresh.position
        group by broad.id, broad.position, fresh.account_id
    ), told as (${TELL})
    update signal set spread_at = clock_timestamp() from fresh where signal.id = fresh.id`.execute(
    tx,
  )
}

/** The oldest change of a whole organisation: the next of its members. */
async function spreadOfOrganisation(tx: Tx<Tables>): Promise<void> {
  await sql`
    with fresh as (
      select id, position, organisation_id, spread_to from signal
        where spread_at is null and account_id is null order by position limit 1
    ), members as (
      select member.id, member.account_id from fresh
        join membership member on member.organisation_id = fresh.organisation_id
          and member.state = 'active'
          and (fresh.spread_to is null or member.id > fresh.spread_to)
        order by member.id limit ${MEMBERS_AT_ONCE}
    ), concerned as (
      select fresh.id, fresh.position, members.account_id, account.rights_version, true as is_broad
        from fresh cross join members join account on account.id = members.account_id
    ), told as (${TELL}), counted as (
      select count(*) < ${MEMBERS_AT_ONCE} as is_last from members
    )
    update signal
      set spread_at = case when is_last then clock_timestamp() end,
        spread_to = case when is_last then null
          else (select id from members order by id desc limit 1) end
      from fresh cross join counted
      where signal.id = fresh.id`.execute(tx)
}
