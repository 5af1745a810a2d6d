import type { Db } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import type { Tables } from '../tables.ts'

/** A colleague as the team may see them: identity, e-mail and role, nothing else (M53). */
export interface Colleague {
  /** Of the membership, by which a page goes on to the next. */
  readonly membership: string
  readonly account: string
  readonly given_name: string | null
  readonly family_name: string | null
  readonly email: string | null
  readonly role: Role
}

const FIRST = '00000000-0000-0000-0000-000000000000'

const colleagues = (db: Db<Tables>, organisation: string) =>
  db
    .selectFrom('membership')
    .innerJoin('account', 'account.id', 'membership.account_id')
    .select([
      'membership.id as membership',
      'account.id as account',
      'account.given_name',
      'account.family_name',
      'account.email',
      'membership.role',
    ])
    .where('membership.organisation_id', '=', organisation)
    .where('membership.state', '=', 'active')

/** A page of the team, or of those with one role, by key. */
export function listColleagues(
  db: Db<Tables>,
  asked: {
    readonly organisation: string
    readonly role: Role | null
    readonly after: string | null
    readonly most: number
  },
): Promise<Colleague[]> {
  const { organisation, role, after, most } = asked
  return colleagues(db, organisation)
    .$if(role !== null, (query) => query.where('membership.role', '=', role as Role))
    .where('membership.id', '>', after ?? FIRST)
    .orderBy('membership.id')
    .limit(most)
    .execute()
}

/** Those of these accounts that are of the team now. */
export async function findColleagues(
  db: Db<Tables>,
  asked: { readonly organisation: string; readonly accounts: readonly string[] },
): Promise<Colleague[]> {
  if (asked.accounts.length === 0) return []
  return await colleagues(db, asked.organisation)
    .where('membership.account_id', 'in', [...asked.accounts])
    .execute()
}

/** Everybody who is or was of the team, as bare identifiers, by key. */
export function listEverMembers(
  db: Db<Tables>,
  page: { readonly organisation: string; readonly after: string | null; readonly most: number },
): Promise<{ id: string; account: string }[]> {
  return db
    .selectFrom('membership')
    .select(['id', 'account_id as account'])
    .where('organisation_id', '=', page.organisation)
    .where('id', '>', page.after ?? FIRST)
    .orderBy('id')
    .limit(page.most)
    .execute()
}
