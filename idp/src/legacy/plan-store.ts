import type { Db } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/*
 * What becomes of every line, worked out on the whole file at once. Each step is one statement; what
 * they leave in legacy_row, legacy_plan and legacy_claim is the plan, and applying it is nothing else.
 */

/**
 * Has the database look at a table anew. Taken for empty, or for a column without values, it would be
 * joined row by row: minutes become hours.
 */
const look = (db: Db<Tables>, table: 'legacy_row' | 'legacy_plan' | 'legacy_claim') =>
  sql`analyze ${sql.table(table)}`.execute(db)

/** Old accounts that become part of another, because a line that is new ties them. */
const MOVES = sql`
  select distinct tied.old as "from", row.target as "into"
    from legacy_row row cross join lateral (values (row.known), (row.owner)) as tied (old)
    where row.outcome in ('create', 'change', 'merge') and tied.old <> row.target`

/** Which lines are known already, and which have the address of somebody who is here. */
export async function recogniseRows(db: Db<Tables>): Promise<void> {
  await look(db, 'legacy_row')
  await sql`
    update legacy_row row set known = identity.account_id
      from legacy_identity identity
      where identity.site = row.site and identity.identifier = row.identifier`.execute(db)
  // Whoever had themselves erased does not come back with a file (M69).
  await sql`
    update legacy_row row set outcome = 'erased'
      from erased_origin origin
      where row.known is null and origin.digest = origin_digest(row.site, row.identifier)`.execute(
    db,
  )
  // Who has come over is left alone, and so is who has registered with the same address: they have
  // proven the mailbox. Before they have, anybody may have typed it.
  await sql`
    update legacy_row row set
        target = case when account.email_confirmed_at is not null then account.id end,
        outcome = case when account.email_confirmed_at is not null then 'claimed' else 'taken' end
      from account_identifier known join account on account.id = known.account_id
      where row.outcome is null and row.known is null and known.key = row.email_key
        and identifier_key(account.email) = known.key and account.state <> 'legacy'`.execute(db)
  await sql`
    update legacy_row row set outcome = 'claimed', target = row.known
      from account where account.id = row.known and account.state <> 'legacy'`.execute(db)
}

/** Which known lines say nothing new. */
export async function findNews(db: Db<Tables>): Promise<void> {
  await sql`
    update legacy_row row set outcome = case
        when (row.login, row.email, row.given_name, row.family_name, row.language, row.account_type,
            row.bce, row.organisation, row.billing, row.updated_at)
          is not distinct from (identity.login, identity.email, identity.given_name,
            identity.family_name, identity.language, identity.account_type, identity.bce,
            identity.organisation, identity.billing, identity.updated_at) then 'unchanged'
        when row.updated_at < identity.updated_at then 'stale'
      end
      from legacy_identity identity
      where row.outcome is null
        and identity.site = row.site and identity.identifier = row.identifier`.execute(db)
  await sql`
    update legacy_row row set owner = account.id
      from account_identifier known join account on account.id = known.account_id
      where row.outcome is null and known.key = row.email_key
        and identifier_key(account.email) = known.key and account.state = 'legacy'`.execute(db)
}

/**
 * Lines with one address are one person (M24), and so are lines of one account: the account each will
 * lead to is the oldest of those it is tied to, found by passing it on until nothing moves.
 */
export async function tieRows(db: Db<Tables>): Promise<void> {
  await look(db, 'legacy_row')
  await sql`
    update legacy_row set target = coalesce(known, owner)
      where outcome is null or outcome in ('unchanged', 'stale')`.execute(db)
  const ties = ['email_key', 'known', 'owner'] as const
  for (let moved = true; moved; ) {
    moved = false
    for (const tie of ties) {
      const { numAffectedRows } = await sql`
        update legacy_row row set target = tied.target
          from (
            select ${sql.ref(tie)} as tie, min(target::text)::uuid as target from legacy_row
              where target is not null and outcome is distinct from 'claimed'
              group by 1 having ${sql.ref(tie)} is not null
          ) tied
          where row.${sql.ref(tie)} = tied.tie and row.target is distinct from tied.target
            and (row.outcome is null or row.outcome in ('unchanged', 'stale'))`.execute(db)
      moved ||= (numAffectedRows ?? 0n) > 0n
    }
  }
  // The others are new persons: one for each address, or for each line that has none.
  await sql`
    with newcomer as (
      select person, uuidv7() as id from (
        select distinct coalesce('address ' || email_key, 'line ' || line) as person
          from legacy_row where outcome is null and target is null
      ) persons
    )
    update legacy_row row set target = newcomer.id from newcomer
      where row.outcome is null and row.target is null
        and newcomer.person = coalesce('address ' || row.email_key, 'line ' || row.line)`.execute(
    db,
  )
  await sql`
    update legacy_row row set outcome = case
        when row.known = row.target then 'change'
        when ranked.is_new and ranked.place = 1 then 'create'
        else 'merge'
      end
      from (
        select line, account.id is null as is_new, row_number() over (
            partition by target order by updated_at desc, site, identifier
          ) as place
          from legacy_row left join account on account.id = legacy_row.target
          where outcome is null
      ) ranked
      where ranked.line = row.line and row.outcome is null`.execute(db)
}

/** The accounts as they will be: of each field the newest value there is (M24). */
export async function planAccounts(db: Db<Tables>): Promise<void> {
  await look(db, 'legacy_row')
  await sql`
    insert into legacy_plan (account_id, is_new, login, email, given_name, family_name, language,
      account_type, updated_at)
    with concerned as (
      select distinct target as id from legacy_row where outcome in ('create', 'change', 'merge')
    ),
    moving as (${MOVES}),
    identity as (
      select target as account, site, identifier, login, email,
          given_name, family_name, language, account_type, updated_at
        from legacy_row where outcome in ('create', 'change', 'merge')
      union all
      select coalesce(moving."into", known.account_id), known.site, known.identifier,
          known.login, known.email, known.given_name, known.family_name, known.language,
          known.account_type, known.updated_at
        from legacy_identity known left join moving on moving."from" = known.account_id
        where not exists (
          select from legacy_row row where row.site = known.site
            and row.identifier = known.identifier and row.outcome in ('create', 'change', 'merge')
        )
    ),
    newest as (
      select account,
          (array_agg(login order by updated_at desc, site, identifier)
            filter (where login is not null))[1] as login,
          (array_agg(email order by updated_at desc, site, identifier)
            filter (where email is not null))[1] as email,
          (array_agg(given_name order by updated_at desc, site, identifier)
            filter (where given_name is not null))[1] as given_name,
          (array_agg(family_name order by updated_at desc, site, identifier)
            filter (where family_name is not null))[1] as family_name,
          (array_agg(language order by updated_at desc, site, identifier))[1] as language,
          (array_agg(account_type order by updated_at desc, site, identifier))[1] as account_type,
          max(updated_at) as updated_at
        from identity join concerned on concerned.id = identity.account
        group by account
    )
    select newest.account, account.id is null, newest.login,
        -- An address the team corrected is not the old application's any more, and stays (M64).
        case when account.email is null or exists (
          select from legacy_identity known where known.account_id = account.id
            and identifier_key(known.email) = identifier_key(account.email)
        ) then newest.email else account.email end,
        newest.given_name, newest.family_name, newest.language, newest.account_type,
        newest.updated_at
      from newest left join account on account.id = newest.account`.execute(db)
  await look(db, 'legacy_plan')
}

/**
 * Who gets which login and address. What somebody has already stays theirs; then an address goes before
 * a login, and a login before one used formerly; then the newer. Who loses keeps the rest.
 */
export async function settleClaims(db: Db<Tables>): Promise<void> {
  await sql`
    insert into legacy_claim (key, account_id, kind, updated_at)
    select distinct on (key, account_id) key, account_id, kind, updated_at from (
      select identifier_key(email) as key, account_id, 'email' as kind, updated_at from legacy_plan
      union all
      select identifier_key(login), account_id, 'login', updated_at from legacy_plan
      union all
      select row.login_key, row.target, 'alias', row.updated_at
        from legacy_row row join legacy_plan plan on plan.account_id = row.target
        where row.outcome in ('create', 'change', 'merge')
    ) wanted
    where key is not null
    order by key, account_id, array_position(array['email', 'login', 'alias'], kind)`.execute(db)
  await look(db, 'legacy_claim')
  await sql`
    update legacy_claim claim set won = true
      from (
        select distinct on (key) key, account_id from legacy_claim
          order by key, array_position(array['email', 'login', 'alias'], kind), updated_at desc,
            account_id
      ) first
      where first.key = claim.key and first.account_id = claim.account_id`.execute(db)
  // Those who are here already come first, unless they become the same account.
  await sql`
    with moving as (${MOVES})
    update legacy_claim claim set won = held.account_id = claim.account_id
      from account_identifier held left join moving on moving."from" = held.account_id
      where held.key = claim.key and moving."from" is null`.execute(db)
  await sql`
    update legacy_plan plan set
        email = case when exists (
          select from legacy_claim claim where claim.account_id = plan.account_id
            and claim.key = identifier_key(plan.email) and claim.won
        ) then plan.email else (select email from account where id = plan.account_id) end,
        login = case when exists (
          select from legacy_claim claim where claim.account_id = plan.account_id
            and claim.key = identifier_key(plan.login) and claim.won
        ) then plan.login else (select login from account where id = plan.account_id) end
      where exists (
        select from legacy_claim claim where claim.account_id = plan.account_id and not claim.won
      )`.execute(db)
  await sql`
    update legacy_plan plan set changes = array_remove(array[
        case when plan.login is distinct from account.login then 'login' end,
        case when plan.email is distinct from account.email then 'email' end,
        case when plan.given_name is distinct from account.given_name then 'given_name' end,
        case when plan.family_name is distinct from account.family_name then 'family_name' end,
        case when plan.language is distinct from account.language then 'language' end,
        case when plan.account_type is distinct from account.account_type then 'account_type' end
      ], null)
      from account where account.id = plan.account_id`.execute(db)
}
