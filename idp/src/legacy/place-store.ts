import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Conflict } from './rules.ts'

/*
 * The organisations a file names, and who will have which place there (M62). Planned like the accounts,
 * on the whole file at once, after them: what is applied is what was planned.
 */

const look = (db: Db<Tables>, table: 'legacy_place' | 'legacy_organisation') =>
  sql`analyze ${sql.table(table)}`.execute(db)

/**
 * The lines that name an organisation. An indépendant's number is their own, and no organisation's. Of a
 * line that is older than what is known, the newer one has spoken.
 */
export async function listPlaces(db: Db<Tables>): Promise<void> {
  await sql`
    insert into legacy_place (line, account_id, bce, name, outcome, conflicts)
    select line, target, bce, organisation,
        case when bce is null or not is_bce_number(bce) then 'none' end,
        array_remove(array[
          case when bce is null then 'no-number' when not is_bce_number(bce) then 'bad-number' end
        ], null)
      from legacy_row
      where account_type = 'organisme' and target is not null
        and (bce is not null or organisation is not null)
        and outcome in ('create', 'change', 'merge', 'unchanged', 'claimed')`.execute(db)
  await look(db, 'legacy_place')
  // Called as its newest line calls it, until the register says otherwise.
  await sql`
    insert into legacy_organisation (bce, name, organisation_id)
    select distinct on (place.bce) place.bce, place.name, here.id
      from legacy_place place
      join legacy_row row using (line)
      left join organisation here on here.bce = place.bce
      where place.outcome is null
      order by place.bce, place.name is null, row.updated_at desc, line`.execute(db)
  await look(db, 'legacy_organisation')
}

/** A page of the numbers that are in no organisation of MyANM yet, in order. */
export async function nextNumbers(
  db: Db<Tables>,
  page: { readonly after: string; readonly most: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('legacy_organisation')
    .select('bce')
    .where('organisation_id', 'is', null)
    .where('bce', '>', page.after)
    .orderBy('bce')
    .limit(page.most)
    .execute()
  return rows.map(({ bce }) => bce)
}

/** What the register says of a number. */
export interface RegisterAnswer {
  readonly bce: string
  readonly register: 'ceased' | 'found'
  readonly name: string | null
  readonly acronym: string | null
  readonly legalForm: string | null
  readonly nonprofit: boolean
  readonly isPublic: boolean
}

/** What the register says goes before what the file says. */
export async function keepAnswers(
  db: Db<Tables>,
  answers: readonly RegisterAnswer[],
): Promise<void> {
  const column = <Name extends keyof RegisterAnswer>(name: Name) => answers.map((one) => one[name])
  await sql`
    update legacy_organisation known set register = said.register,
        name = coalesce(said.name, known.name), acronym = said.acronym,
        legal_form = said.legal_form, nonprofit = said.nonprofit, is_public = said.is_public
      from unnest(${column('bce')}::text[], ${column('register')}::text[], ${column('name')}::text[],
          ${column('acronym')}::text[], ${column('legalForm')}::text[],
          ${column('nonprofit')}::bool[], ${column('isPublic')}::bool[])
        as said (bce, register, name, acronym, legal_form, nonprofit, is_public)
      where known.bce = said.bce`.execute(db)
}

/** A line, what it calls its organisation, and what that is called. */
export interface Named {
  readonly line: number
  readonly told: string
  readonly name: string
  readonly acronym: string | null
}

/** The lines whose name is not, letter by letter, that of the organisation they lead to. */
export async function nextNamed(
  db: Db<Tables>,
  page: { readonly after: number; readonly most: number },
): Promise<Named[]> {
  const { rows } = await sql<Named>`
    select place.line, place.name as told, coalesce(here.name, found.name) as name,
        coalesce(here.acronym, found.acronym) as acronym
      from legacy_place place
      join legacy_organisation found on found.bce = place.bce
      left join organisation here on here.id = found.organisation_id
      where place.outcome is null and place.line > ${page.after}
        and place.name <> coalesce(here.name, found.name)
      order by place.line limit ${page.most}`.execute(db)
  return rows
}

export async function addConflict(
  db: Db<Tables>,
  { lines, conflict }: { readonly lines: readonly number[]; readonly conflict: Conflict },
): Promise<void> {
  if (lines.length === 0) return
  await sql`
    update legacy_place set conflicts = array_append(conflicts, ${conflict})
      where line = any(${lines}::int[])`.execute(db)
}

/**
 * Who gets which place. One who has, or had, a place there keeps what MyANM knows. Of an organisation that
 * is new, the account its invoices went to leads, or else the newest; the others are RESPONSABLE. One
 * that is here has its people, unless nobody has come over yet.
 */
export async function settlePlaces(db: Db<Tables>): Promise<void> {
  await sql`
    update legacy_place place set outcome = 'here', conflicts = '{}'
      from legacy_row row, legacy_organisation known
      where place.outcome is null and row.line = place.line and known.bce = place.bce and exists (
        select from membership where organisation_id = known.organisation_id
          and account_id in (place.account_id, row.known, row.owner)
      )`.execute(db)
  await sql`
    update legacy_place place set outcome = 'none',
        conflicts = array_append(place.conflicts, refused.because)
      from (
        select place.line, case
            when account.state not in ('legacy', 'active') then 'account-closed'
            when known.register = 'ceased' and here.id is null then 'ceased'
            when known.name is null and here.id is null then 'no-name'
            when here.state in ('closed', 'vacant') then here.state
            when here.id is not null and not exists (
              select from membership m join account leader on leader.id = m.account_id
                where m.organisation_id = here.id and m.state = 'active'
                  and m.role = 'GESTIONNAIRE' and leader.state = 'legacy'
            ) then 'has-manager'
          end as because
          from legacy_place place
          join legacy_organisation known on known.bce = place.bce
          left join organisation here on here.id = known.organisation_id
          left join account on account.id = place.account_id
          where place.outcome is null
      ) refused
      where refused.line = place.line and refused.because is not null`.execute(db)
  await sql`
    update legacy_place place set outcome = ranked.outcome,
        conflicts = case when ranked.outcome = 'member'
          then array_append(place.conflicts, 'several') else place.conflicts end
      from (
        select line, case
            when of_account > 1 then 'here'
            when is_new and of_organisation = 1 then 'manager'
            else 'member'
          end as outcome
          from (
            select place.line, known.organisation_id is null as is_new,
                row_number() over (partition by place.bce, place.account_id
                  order by row.billing desc, row.updated_at desc, row.site, row.identifier
                ) as of_account,
                row_number() over (partition by place.bce
                  order by row.billing desc, row.updated_at desc, row.site, row.identifier
                ) as of_organisation
              from legacy_place place
              join legacy_row row using (line)
              join legacy_organisation known on known.bce = place.bce
              where place.outcome is null
          ) counted
      ) ranked
      where ranked.line = place.line`.execute(db)
}

/** An organisation of the plan, with the places in it. */
export interface PlannedOrganisation {
  readonly bce: string
  readonly name: string
  readonly acronym: string | null
  readonly legalForm: string | null
  readonly nonprofit: boolean
  readonly isPublic: boolean
  readonly register: 'found' | 'ceased' | 'unknown'
  readonly organisation: string | null
  readonly places: readonly { readonly account: string; readonly outcome: 'manager' | 'member' }[]
}

/** The next organisations that are not done. Accounts another run has to settle first are left out. */
export async function nextOrganisations(
  db: Db<Tables>,
  most: number,
): Promise<PlannedOrganisation[]> {
  const { rows } = await sql<PlannedOrganisation>`
    select known.bce, known.name, known.acronym, known.legal_form as "legalForm", known.nonprofit,
        known.is_public as "isPublic", known.register, known.organisation_id as organisation,
        coalesce(json_agg(json_build_object('account', place.account_id, 'outcome', place.outcome)
          order by place.outcome, place.line) filter (where account.id is not null), '[]') as places
      from (
        select * from legacy_organisation where state = 'planned' order by bce limit ${most}
      ) known
      left join legacy_place place
        on place.bce = known.bce and place.outcome in ('manager', 'member')
      left join account on account.id = place.account_id and account.state in ('legacy', 'active')
      group by known.bce, known.name, known.acronym, known.legal_form, known.nonprofit,
        known.is_public, known.register, known.organisation_id
      order by known.bce`.execute(db)
  return rows
}

export async function markOrganisations(tx: Tx<Tables>, numbers: readonly string[]): Promise<void> {
  await sql`
    update legacy_organisation set state = 'done' where bce = any(${numbers}::text[])`.execute(tx)
}

export async function countOrganisations(db: Db<Tables>): Promise<number> {
  const { organisations } = await db
    .selectFrom('legacy_organisation')
    .select((row) => row.fn.countAll<number>().as('organisations'))
    .executeTakeFirstOrThrow()
  return organisations
}

/** Which of these organisations are led by somebody who has not come over: taken, in order. */
export async function lockUnclaimed(
  tx: Tx<Tables>,
  organisations: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select organisation.id from organisation
      where id = any(${organisations}::uuid[]) and state = 'active' and exists (
        select from membership m join account leader on leader.id = m.account_id
          where m.organisation_id = organisation.id and m.state = 'active'
            and m.role = 'GESTIONNAIRE' and leader.state = 'legacy'
      ) order by id for update`.execute(tx)
  return new Set(rows.map(({ id }) => id))
}
