import type { Db } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import type { Tables } from '../tables.ts'

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

export interface Colleague {
  readonly account: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
  readonly role: Role
}

/** The team as its members may see it: identity, e-mail and role, nothing else (M53). */
export function listColleagues(db: Db<Tables>, organisation: string): Promise<Colleague[]> {
  return db
    .selectFrom('membership')
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select([
      'account.id as account',
      'account.given_name',
      'account.family_name',
      'account.email',
      'membership.role',
    ])
    .where('membership.organisation_id', '=', organisation)
    .where('membership.state', '=', 'active')
    .orderBy('membership.role', 'desc')
    .orderBy('account.family_name')
    .execute()
}
