import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { type AccountState, type AccountType, identifierKey } from './rules.ts'

/** What the house knows of an account; pages show far less of it. */
export interface Account {
  readonly id: string
  readonly account_type: string
  readonly state: AccountState
  readonly login: string | null
  readonly email: string | null
  readonly given_name: string | null
  readonly family_name: string | null
  readonly language: string
  readonly registered_at_client: string | null
}

const COLUMNS = [
  'account.id',
  'account.account_type',
  'account.state',
  'account.login',
  'account.email',
  'account.given_name',
  'account.family_name',
  'account.language',
  'account.registered_at_client',
] as const

export function findAccount(db: Db<Tables>, id: string): Promise<Account | undefined> {
  return db.selectFrom('account').select(COLUMNS).where('id', '=', id).executeTakeFirst()
}

/** Changes of one account wait for each other here. */
export async function lockAccount(tx: Tx<Tables>, account: string): Promise<void> {
  await sql`select from account where id = ${account} for no key update`.execute(tx)
}

/** By whatever one types to sign in: a login, an e-mail address, an older login; in any spelling. */
export function findByIdentifier(db: Db<Tables>, typed: string): Promise<Account | undefined> {
  return db
    .selectFrom('account_identifier')
    .innerJoin('account', 'account.id', 'account_identifier.account_id')
    .select(COLUMNS)
    .where('account_identifier.key', '=', sql<string>`identifier_key(${identifierKey(typed)})`)
    .executeTakeFirst()
}

/**
 * A new account, not confirmed yet.
 * @throws a unique violation on `account_email_key`, `account_login_key` or `account_identifier_pkey`
 *   when the address or the login is somebody's, also when both register at once (yardsticks F27)
 */
export async function createAccount(
  tx: Tx<Tables>,
  person: {
    readonly accountType: AccountType
    readonly login: string | null
    readonly email: string
    readonly passwordHash: string
    readonly givenName: string
    readonly familyName: string
    readonly language: string
    readonly client: string | null
  },
): Promise<string> {
  const { id } = await tx
    .insertInto('account')
    .values({
      account_type: person.accountType,
      state: 'unconfirmed',
      login: person.login,
      email: person.email,
      email_confirmed_at: null,
      password_hash: person.passwordHash,
      given_name: person.givenName,
      family_name: person.familyName,
      language: person.language,
      registered_at_client: person.client,
      deletion_requested_at: null,
      deleted_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/**
 * Confirms the address and opens the account, if it still waits for that.
 * @returns false when it does not: it was opened meanwhile, or suspended, or is gone
 */
export async function activate(
  tx: Tx<Tables>,
  account: string,
  from: readonly AccountState[],
): Promise<boolean> {
  const row = await tx
    .updateTable('account')
    .set({ state: 'active', email_confirmed_at: sql<Date>`coalesce(email_confirmed_at, now())` })
    .where('id', '=', account)
    .where('state', 'in', [...from])
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}
