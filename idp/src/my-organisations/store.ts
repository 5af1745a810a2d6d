import type { Db } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { sql } from 'kysely'
import { wordsOf } from '#rules/memberships'
import type { Tables } from '../tables.ts'

export interface OwnOrganisation {
  readonly id: string
  readonly name: string
  readonly acronym: string | null
  readonly bce: string | null
  readonly role: Role
}

export interface Turn {
  readonly to: 'next' | 'previous'
  /** An organisation of the page before. */
  readonly from: string
}

export interface OrganisationsPage {
  readonly organisations: readonly OwnOrganisation[]
  readonly next: string | null
  readonly previous: string | null
}

/**
 * A page of somebody's organisations, by name. By key: of two thousand, the last page costs what the
 * first one does. A key that is not an organisation of theirs begins at the top: it tells nothing.
 */
export async function listOwnOrganisations(
  db: Db<Tables>,
  asked: {
    readonly account: string
    readonly search: string
    readonly turn: Turn | null
    readonly most: number
  },
): Promise<OrganisationsPage> {
  const { account, turn, most } = asked
  const key = turn && (await findOwn(db, { account, organisation: turn.from }))
  const isBack = key ? turn.to === 'previous' : false
  const order = isBack ? sql`desc` : sql`asc`
  const beyond = key
    ? sql`and (m.sort_organisation_name, m.organisation_id) ${isBack ? sql`<` : sql`>`}
        (sort_name(${key.name}) collate "fr-x-icu", ${key.id}::uuid)`
    : sql``
  const words = wordsOf(asked.search).map(
    // A company number is found with its dots or without.
    (word) => sql`and (
      strpos(search_key(concat_ws(' ', o.name, o.acronym)), search_key(${word})) > 0
      or strpos(o.bce, nullif(regexp_replace(${word}, '[^0-9]', '', 'g'), '')) > 0)`,
  )
  const { rows } = await sql<OwnOrganisation>`
    select o.id, o.name, o.acronym, o.bce, m.role
      from membership m join organisation o on o.id = m.organisation_id
      where m.account_id = ${account} and m.state = 'active' and o.state <> 'closed'
        ${sql.join(words, sql` `)} ${beyond}
      order by m.sort_organisation_name ${order}, m.organisation_id ${order}
      limit ${most + 1}`.execute(db)
  const isMore = rows.length > most
  const organisations = rows.slice(0, most)
  if (isBack) organisations.reverse()
  const [first, last] = [organisations[0]?.id ?? null, organisations.at(-1)?.id ?? null]
  return {
    organisations,
    next: isBack || isMore ? last : null,
    previous: isBack ? (isMore ? first : null) : key ? first : null,
  }
}

function findOwn(
  db: Db<Tables>,
  { account, organisation }: { readonly account: string; readonly organisation: string },
): Promise<{ id: string; name: string } | undefined> {
  return db
    .selectFrom('membership')
    .innerJoin('organisation', 'organisation.id', 'membership.organisation_id')
    .select(['organisation.id', 'organisation.name'])
    .where('membership.account_id', '=', account)
    .where('membership.organisation_id', '=', organisation)
    .where('membership.state', '=', 'active')
    .executeTakeFirst()
}

export async function countOwnOrganisations(db: Db<Tables>, account: string): Promise<number> {
  const { count } = await db
    .selectFrom('membership')
    .innerJoin('organisation', 'organisation.id', 'membership.organisation_id')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('membership.account_id', '=', account)
    .where('membership.state', '=', 'active')
    .where('organisation.state', '<>', 'closed')
    .executeTakeFirstOrThrow()
  return Number(count)
}
