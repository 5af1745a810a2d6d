import type { Db } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** An organisation somebody may act for. */
export interface Choice {
  readonly id: string
  readonly name: string
  readonly bce: string | null
  readonly role: Role
}

interface Whose {
  readonly account: string
  /** Only where the role reaches this one; null for all. */
  readonly least: Role | null
}

const COLUMNS = [
  'organisation.id',
  'organisation.name',
  'organisation.bce',
  'membership.role',
] as const

function choicesOf(db: Db<Tables>, { account, least }: Whose) {
  return db
    .selectFrom('membership')
    .innerJoin('organisation', 'organisation.id', 'membership.organisation_id')
    .select(COLUMNS)
    .where('membership.account_id', '=', account)
    .where('membership.state', '=', 'active')
    .where('organisation.state', '<>', 'closed')
    .$if(least !== null, (query) => query.where('membership.role', '>=', least as Role))
}

/**
 * The ones last acted for come first, then the others by name. As many of both as are asked for: of two
 * thousand, the others are not looked at.
 */
export async function listLikeliest(
  db: Db<Tables>,
  whose: Whose & { readonly limit: number },
): Promise<(Choice & { readonly chosenAt: Date | null })[]> {
  const { limit } = whose
  const [recent, byName] = await Promise.all([
    choicesOf(db, whose)
      .innerJoin('organisation_choice', (join) =>
        join
          .onRef('organisation_choice.organisation_id', '=', 'membership.organisation_id')
          .onRef('organisation_choice.account_id', '=', 'membership.account_id'),
      )
      .select('organisation_choice.chosen_at as chosenAt')
      .orderBy('organisation_choice.chosen_at', 'desc')
      .orderBy('membership.sort_organisation_name')
      .orderBy('membership.organisation_id')
      .limit(limit)
      .execute(),
    listByName(db, { ...whose, search: '', after: null }),
  ])
  const known = new Set(recent.map(({ id }) => id))
  const others = byName.filter(({ id }) => !known.has(id))
  return [...recent, ...others.map((choice) => ({ ...choice, chosenAt: null }))].slice(0, limit)
}

/**
 * One page of many, by name: those after `after`, whose name or number holds what is looked for. Small
 * and capital letters and accents are the same.
 */
export function listByName(
  db: Db<Tables>,
  whose: Whose & {
    readonly search: string
    /** The last organisation of the page before. */
    readonly after: string | null
    readonly limit: number
  },
): Promise<Choice[]> {
  const { search, after, limit } = whose
  return choicesOf(db, whose)
    .$if(search !== '', (query) => query.where(isLookedFor(search)))
    .$if(after !== null, (query) => query.where(isAfter(after ?? '')))
    .orderBy('membership.sort_organisation_name')
    .orderBy('membership.organisation_id')
    .limit(limit)
    .execute()
}

/** Further down the list by name than this organisation. */
const isAfter = (organisation: string) =>
  sql<boolean>`(membership.sort_organisation_name, membership.organisation_id) > (
    (select sort_name(o.name) from organisation o where o.id = ${organisation}::uuid) collate "fr-x-icu",
    ${organisation}::uuid)`

/** Whether the name, the acronym or the number holds this. */
function isLookedFor(search: string) {
  const digits = /^(be)?[\d\s./-]+$/i.test(search) ? search.replaceAll(/\D/g, '') : ''
  const sought = bare(sql`${search}::text`)
  return sql<boolean>`(strpos(${bare(sql`organisation.name`)}, ${sought}) > 0
    or strpos(${bare(sql`coalesce(organisation.acronym, '')`)}, ${sought}) > 0
    or (${digits.length >= 3} and strpos(coalesce(organisation.bce, ''), ${digits}) > 0))`
}

/** A text without accents and capitals. */
function bare(text: ReturnType<typeof sql>) {
  return sql`regexp_replace(normalize(lower(${text}), NFD), '[\u0300-\u036f]', '', 'g')`
}

/** An organisation of one's own where the role is too low for what one came for. */
export interface TooLow extends Choice {
  /** Who leads it, as every member may know (M53); null while nobody does. */
  readonly manager: {
    readonly given_name: string | null
    readonly family_name: string | null
    readonly email: string | null
  } | null
  /** The request for a higher role that waits for an answer. */
  readonly pending: {
    readonly id: string
    readonly createdAt: Date
    readonly wishedRole: Role | null
  } | null
}

/**
 * Organisations where one's role is below `least`: `first` first, then those last acted for; or, when
 * somebody looks for one, those whose name or number holds that, by name, after `after`.
 */
export async function listTooLow(
  db: Db<Tables>,
  whose: {
    readonly account: string
    readonly least: Role
    readonly first: string | null
    readonly looked: { readonly search: string; readonly after: string | null } | null
    readonly limit: number
  },
): Promise<TooLow[]> {
  const { account, least, first, looked, limit } = whose
  const { search, after } = looked ?? { search: '', after: null }
  const byName = sql`${sql.ref('membership.sort_organisation_name')}, ${sql.ref('organisation.id')}`
  const likeliest = sql`organisation.id = ${first}::uuid desc nulls last,
    organisation_choice.chosen_at desc nulls last, ${byName}`
  // The few that are shown, before anything is looked up about them: one may be of two thousand.
  const shown = choicesOf(db, { account, least: null })
    .leftJoin('organisation_choice', (join) =>
      join
        .onRef('organisation_choice.organisation_id', '=', 'membership.organisation_id')
        .onRef('organisation_choice.account_id', '=', 'membership.account_id'),
    )
    .select(
      sql<number>`row_number() over (order by ${looked === null ? likeliest : byName})`.as('place'),
    )
    .where('membership.role', '<', least)
    .$if(search !== '', (query) => query.where(isLookedFor(search)))
    .$if(after !== null, (query) => query.where(isAfter(after ?? '')))
    .orderBy('place')
    .limit(limit)
    .as('mine')
  const rows = await db
    .selectFrom(shown)
    .leftJoin('membership as lead', (join) =>
      join
        .onRef('lead.organisation_id', '=', 'mine.id')
        .on('lead.role', '=', 'GESTIONNAIRE')
        .on('lead.state', '=', 'active'),
    )
    .leftJoin('account', 'account.id', 'lead.account_id')
    .leftJoin('join_request', (join) =>
      join
        .onRef('join_request.organisation_id', '=', 'mine.id')
        .on('join_request.account_id', '=', account)
        .on('join_request.state', '=', 'pending'),
    )
    .select([
      'mine.id',
      'mine.name',
      'mine.bce',
      'mine.role',
      'account.id as leader',
      'account.given_name',
      'account.family_name',
      'account.email',
      'join_request.id as request',
      'join_request.created_at as asked',
      'join_request.wished_role as wished',
    ])
    .orderBy('mine.place')
    .execute()
  return rows.map(
    ({ leader, given_name, family_name, email, request, asked, wished, ...choice }) => ({
      ...choice,
      manager: leader === null ? null : { given_name, family_name, email },
      pending:
        request === null || asked === null
          ? null
          : { id: request, createdAt: asked, wishedRole: wished },
    }),
  )
}
