import type { Db } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import type { Tables } from '../tables.ts'

/** An organisation, whoever asks. */
export interface Organisation {
  readonly id: string
  readonly name: string
  readonly acronym: string | null
  readonly bce: string | null
  readonly kind: 'organisme' | 'academie'
  readonly nonprofit: boolean | null
  readonly legal_form: string | null
  readonly state: 'active' | 'vacant' | 'closed'
  readonly to_check: boolean
  readonly options: readonly string[]
  readonly version: number
  /** The one its team acts for since it went (ahead 5). */
  readonly merged_into: string | null
}

const ORGANISATION = [
  'id',
  'name',
  'acronym',
  'bce',
  'kind',
  'nonprofit',
  'legal_form',
  'state',
  'to_check',
  'options',
  'version',
  'merged_into',
] as const

/** @param by its identifier, or its company number of ten digits */
export async function findOrganisation(
  db: Db<Tables>,
  by: { readonly id: string } | { readonly bce: string },
): Promise<Organisation | undefined> {
  const row = await db
    .selectFrom('organisation')
    .select(ORGANISATION)
    .$if('id' in by, (query) => query.where('id', '=', 'id' in by ? by.id : ''))
    .$if('bce' in by, (query) => query.where('bce', '=', 'bce' in by ? by.bce : ''))
    .executeTakeFirst()
  return row as Organisation | undefined
}

export interface Choice {
  readonly id: string
  readonly name: string
  readonly bce: string | null
  readonly role: Role
}

/** The organisations a person may act for, by name. */
export function listChoices(db: Db<Tables>, account: string): Promise<Choice[]> {
  return db
    .selectFrom('membership')
    .innerJoin('organisation', 'organisation.id', 'membership.organisation_id')
    .select(['organisation.id', 'organisation.name', 'organisation.bce', 'membership.role'])
    .where('membership.account_id', '=', account)
    .where('membership.state', '=', 'active')
    .where('organisation.state', '<>', 'closed')
    .orderBy('organisation.name')
    .orderBy('organisation.id')
    .execute()
}
