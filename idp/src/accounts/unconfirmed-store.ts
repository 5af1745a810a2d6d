import type { Tx } from '@myanm/database'
import type { Tables } from '../tables.ts'
import type { AccountType } from './rules.ts'

/** What a person says of themselves when they register (specification 4.2.1, 4.2.2). */
export interface Person {
  readonly accountType: AccountType
  /** Null: they sign in with their address. */
  readonly login: string | null
  readonly givenName: string
  readonly familyName: string
  readonly language: string
  readonly phone: string | null
  readonly street: string | null
  readonly postcode: string | null
  readonly locality: string | null
  readonly profession: string | null
  readonly bce: string | null
  readonly vatStatus: 'assujetti' | 'franchise' | 'exempte' | 'non-assujetti' | null
}

/** Whose account it becomes, and how they prove to be who they are. */
export interface Claim {
  readonly person: Person
  readonly email: string
  readonly passwordHash: string
  readonly client: string | null
  readonly terms: { readonly version: string; readonly acceptedAt: Date }
}

/**
 * Makes an account that waits for its address to be proven whose this claim says, whatever an earlier
 * claim said: names, login, password, profile.
 * @throws a unique violation, as `createAccount` does
 */
export async function giveTo(tx: Tx<Tables>, account: string, claim: Claim): Promise<void> {
  const { person } = claim
  await tx
    .updateTable('account')
    .set({
      account_type: person.accountType,
      login: person.login,
      email: claim.email,
      password_hash: claim.passwordHash,
      must_change_password: false,
      given_name: person.givenName,
      family_name: person.familyName,
      language: person.language,
      registered_at_client: claim.client,
    })
    .where('id', '=', account)
    .execute()
  await saveProfile(tx, account, claim)
}

/** The rest of the form; a profile that is there is written over. */
export async function saveProfile(
  tx: Tx<Tables>,
  account: string,
  { person, terms }: Pick<Claim, 'person' | 'terms'>,
): Promise<void> {
  const row = {
    phone: person.phone,
    street: person.street,
    postcode: person.postcode,
    locality: person.locality,
    profession: person.profession,
    bce: person.bce,
    vat_status: person.vatStatus,
    terms_version: terms.version,
    terms_accepted_at: terms.acceptedAt,
  }
  await tx
    .insertInto('profile')
    .values({ account_id: account, ...row })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet(row))
    .execute()
}

/** Serialises those who change what waits for one account; undefined when it has gone meanwhile. */
export async function lockUnconfirmed(
  tx: Tx<Tables>,
  account: string,
): Promise<{ readonly email: string | null } | undefined> {
  return tx
    .selectFrom('account')
    .select('email')
    .where('id', '=', account)
    .where('state', '=', 'unconfirmed')
    .forUpdate()
    .executeTakeFirst()
}

/** Whoever filled this account goes elsewhere, and takes their login along. */
export async function giveUpLogin(tx: Tx<Tables>, account: string): Promise<void> {
  await tx.updateTable('account').set({ login: null }).where('id', '=', account).execute()
}

/** Forgets an account nobody ever proved to be theirs, with all that hangs on it. */
export async function dropUnconfirmed(tx: Tx<Tables>, account: string): Promise<void> {
  await tx
    .deleteFrom('account')
    .where('id', '=', account)
    .where('state', '=', 'unconfirmed')
    .execute()
}
