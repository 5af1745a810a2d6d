import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { findByIdentifier } from './store.ts'
import { dropUnconfirmed } from './unconfirmed-store.ts'

/**
 * The mailboxes a person has proven to read, in their one spelling: the account's own, and those proven
 * beside it. An older login that looks like an address is none of them.
 */
export async function listProvenAddresses(
  db: Db<Tables> | Tx<Tables>,
  account: string,
): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select identifier_key(email) as key from account
      where id = ${account} and email is not null and email_confirmed_at is not null
    union
    select key from account_identifier where account_id = ${account} and proven_at is not null`.execute(
    db,
  )
  return rows.map(({ key }) => key)
}

/** `taken`: it leads to somebody's account already, who may be the same person and has to say so. */
export type AddressClaim = 'added' | 'own' | 'taken'

/**
 * A mailbox somebody has just proven leads to their account from now on, beside its own address. Who
 * registered with it and never proved it gives way: nothing of theirs is kept (docs/decisions/0015).
 * @throws a unique violation on `account_identifier_pkey` when somebody was faster
 */
export async function addProvenAddress(
  tx: Tx<Tables>,
  { account, email }: { readonly account: string; readonly email: string },
): Promise<AddressClaim> {
  const holder = await findByIdentifier(tx, email)
  if (holder && holder.id === account) {
    await noteProven(tx, account, email)
    return 'own'
  }
  if (holder && holder.state !== 'unconfirmed') return 'taken'
  if (holder) await dropUnconfirmed(tx, holder.id)
  await sql`
    insert into account_identifier (key, account_id, is_alias, proven_at)
      values (identifier_key(${email}), ${account}, true, now())`.execute(tx)
  return 'added'
}

/** An older login of theirs that is an address, the mailbox of which they have now shown to read. */
async function noteProven(tx: Tx<Tables>, account: string, email: string): Promise<void> {
  await sql`
    update account_identifier set proven_at = coalesce(proven_at, now())
      where account_id = ${account} and is_alias and key = identifier_key(${email})`.execute(tx)
}

/** The mailboxes that lead to an account beside its own address, as they are kept: in one spelling. */
export async function listOtherAddresses(db: Db<Tables>, account: string): Promise<string[]> {
  const rows = await db
    .selectFrom('account_identifier')
    .select('key')
    .where('account_id', '=', account)
    .where('is_alias', '=', true)
    .where('proven_at', 'is not', null)
    .orderBy('proven_at')
    .execute()
  return rows.map(({ key }) => key)
}

/**
 * One of them no longer leads here: it is nobody's again.
 * @returns false when it is none of them; the account's own address and its login stay
 */
export async function removeOtherAddress(
  tx: Tx<Tables>,
  { account, address }: { readonly account: string; readonly address: string },
): Promise<boolean> {
  const { rows } = await sql`
    delete from account_identifier known using account
      where known.account_id = ${account} and account.id = known.account_id
        and known.key = identifier_key(${address}) and known.is_alias and known.proven_at is not null
        and known.key is distinct from identifier_key(account.email)
        and known.key is distinct from identifier_key(account.login)
      returning known.key`.execute(tx)
  return rows.length > 0
}
