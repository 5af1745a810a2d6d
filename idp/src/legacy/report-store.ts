import type { Db } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Conflict, Outcome } from './rules.ts'

/** What the plan comes to. */
export interface PlanFigures {
  readonly lines: Readonly<Partial<Record<Outcome, number>>>
  readonly created: number
  readonly changed: number
  /** Accounts that are there and become part of another. */
  readonly joined: number
  /** Columns of accounts, and in how many of them they change. */
  readonly fields: Readonly<Record<string, number>>
  /** Logins and addresses that stay somebody else’s. */
  readonly collisions: number
  /** Accounts no mail can reach (F113). */
  readonly unreachable: number
  /** Organisations that are made, places given in them, and what is left to the team (M62). */
  readonly organisations: number
  readonly places: number
  readonly conflicts: Readonly<Partial<Record<Conflict, number>>>
}

export async function readFigures(db: Db<Tables>): Promise<PlanFigures> {
  const { rows } = await sql<{ figures: PlanFigures }>`
    select json_build_object(
      'lines', (select coalesce(json_object_agg(outcome, lines), '{}') from (
        select outcome, count(*) as lines from legacy_row where outcome is not null group by outcome
      ) counted),
      'created', (select count(*) from legacy_plan where is_new),
      'changed', (select count(*) from legacy_plan where not is_new and cardinality(changes) > 0),
      'joined', (select count(*) from (
        select distinct tied.old
          from legacy_row row cross join lateral (values (row.known), (row.owner)) as tied (old)
          where row.outcome in ('create', 'change', 'merge') and tied.old <> row.target
      ) moved),
      'fields', (select coalesce(json_object_agg(field, accounts), '{}') from (
        select field, count(*) as accounts from legacy_plan cross join unnest(changes) as field
          group by field
      ) counted),
      'collisions', (select count(*) from legacy_claim where not won),
      'unreachable', (select count(*) from legacy_plan where email is null),
      'organisations', (select count(*) from legacy_place where outcome = 'manager'),
      'places', (select count(*) from legacy_place where outcome in ('manager', 'member')),
      'conflicts', (select coalesce(json_object_agg(conflict, lines), '{}') from (
        select conflict, count(*) as lines
          from legacy_place cross join unnest(conflicts) as conflict group by conflict
      ) counted)
    ) as figures`.execute(db)
  return rows[0]?.figures as PlanFigures
}

/** One thing the plan will do or leave, as a line of its report. */
export interface PlanLine {
  readonly line: number
  readonly site: string
  readonly identifier: string
  readonly outcome: string
  readonly field: string | null
  readonly before: string | null
  readonly after: string | null
}

const PAGE = 2000

/** The plan line by line, a page of it in memory at a time. Lines that say nothing new are left out. */
export async function* listPlan(db: Db<Tables>): AsyncGenerator<PlanLine> {
  for (let after = 0; ; ) {
    const { rows } = await sql<PlanLine>`
      with page as (
        select * from legacy_row
          where line > ${after} and outcome <> 'unchanged' order by line limit ${PAGE}
      )
      select page.line, page.site, page.identifier, page.outcome, said.field, said.before, said.after
        from page
        left join legacy_plan plan on plan.account_id = page.target
        left join account on account.id = page.target
        left join lateral (
          select field, before, after from (values
            ('login', account.login, plan.login),
            ('email', account.email, plan.email),
            ('given_name', account.given_name, plan.given_name),
            ('family_name', account.family_name, plan.family_name),
            ('language', account.language, plan.language),
            ('account_type', account.account_type, plan.account_type)
          ) as change (field, before, after)
          where field = any(plan.changes) and page.outcome in ('change', 'merge')
          union all
          select 'collision', claim.key, null from legacy_claim claim
            where claim.account_id = page.target and not claim.won
              and claim.key in (page.login_key, page.email_key)
        ) said on true
        order by page.line, said.field`.execute(db)
    yield* rows
    const last = rows.at(-1)
    if (!last) return
    after = last.line
  }
}

/** What becomes of a line's organisation: who has which place, and what the team should look at. */
export interface PlacedLine {
  readonly line: number
  readonly site: string
  readonly identifier: string
  readonly bce: string | null
  /** As the file, and as the register or MyANM, calls it. */
  readonly name: string | null
  readonly knownName: string | null
  readonly outcome: 'manager' | 'member' | 'none'
  readonly conflicts: readonly Conflict[]
}

/** The organisations line by line. Whoever has their place already is left out. */
export async function* listPlannedPlaces(db: Db<Tables>): AsyncGenerator<PlacedLine> {
  for (let after = 0; ; ) {
    const { rows } = await sql<PlacedLine>`
      select place.line, row.site, row.identifier, place.bce, place.name, place.outcome,
          coalesce(here.name, case when known.register <> 'unknown' then known.name end)
            as "knownName",
          place.conflicts
        from legacy_place place
        join legacy_row row using (line)
        left join legacy_organisation known on known.bce = place.bce
        left join organisation here on here.id = known.organisation_id
        where place.line > ${after} and place.outcome <> 'here'
        order by place.line limit ${PAGE}`.execute(db)
    yield* rows
    const last = rows.at(-1)
    if (!last) return
    after = last.line
  }
}
