import type { Db, Tx } from '@myanm/database'
import { type Selectable, sql } from 'kysely'
import type { Claim, Person } from '#accounts'
import type { Tables } from '../tables.ts'

export type Registration = Omit<Selectable<Tables['registration']>, 'person'> & {
  readonly person: Person
}

/** What the account becomes when the mailbox of this registration is proven. */
export const claimOf = (registration: Registration): Claim => ({
  person: registration.person,
  email: registration.email,
  passwordHash: registration.password_hash,
  client: registration.client_id,
  terms: { version: registration.terms_version, acceptedAt: registration.terms_accepted_at },
})

const typed = (row: Selectable<Tables['registration']> | undefined) =>
  row as Registration | undefined

export async function findRegistration(
  db: Db<Tables>,
  id: string,
): Promise<Registration | undefined> {
  return typed(
    await db.selectFrom('registration').selectAll().where('id', '=', id).executeTakeFirst(),
  )
}

export async function lockRegistration(
  tx: Tx<Tables>,
  id: string,
): Promise<Registration | undefined> {
  return typed(
    await tx
      .selectFrom('registration')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),
  )
}

/** The registration an account says for the time being what it says; none of one that was carried over. */
export async function findFiller(
  db: Db<Tables>,
  account: string,
): Promise<Registration | undefined> {
  return typed(
    await db
      .selectFrom('registration')
      .selectAll()
      .where('account_id', '=', account)
      .where('fills_account', '=', true)
      .executeTakeFirst(),
  )
}

/** Registrations that wait for one account, the latest first. */
export async function listRegistrations(db: Db<Tables>, account: string): Promise<Registration[]> {
  const rows = await db
    .selectFrom('registration')
    .selectAll()
    .where('account_id', '=', account)
    .orderBy('registered_at', 'desc')
    .execute()
  return rows as Registration[]
}

/** The latest registration of an address that has not proven it, whoever has its account. */
export async function findLatest(db: Db<Tables>, email: string): Promise<Registration | undefined> {
  return typed(
    await db
      .selectFrom('registration')
      .innerJoin('account_identifier', (join) =>
        join
          .onRef('account_identifier.account_id', '=', 'registration.account_id')
          .on('account_identifier.key', '=', sql<string>`identifier_key(${email})`),
      )
      .selectAll('registration')
      .whereRef('account_identifier.key', '=', sql<string>`identifier_key(registration.email)`)
      .orderBy('registration.registered_at', 'desc')
      .limit(1)
      .executeTakeFirst(),
  )
}

export interface Filled extends Claim {
  readonly account: string
  readonly fillsAccount: boolean
  readonly journey: string
  /** Keys of the newsletters they ticked. */
  readonly newsletters: readonly string[]
  readonly now: Date
}

const rowOf = (filled: Filled) => ({
  account_id: filled.account,
  fills_account: filled.fillsAccount,
  journey: filled.journey,
  newsletters: [...filled.newsletters],
  client_id: filled.client,
  email: filled.email,
  password_hash: filled.passwordHash,
  person: JSON.stringify(filled.person),
  terms_version: filled.terms.version,
  terms_accepted_at: filled.terms.acceptedAt,
})

export async function addRegistration(tx: Tx<Tables>, filled: Filled): Promise<string> {
  const { id } = await tx
    .insertInto('registration')
    .values({ ...rowOf(filled), letter_id: null, asked_at: null, registered_at: filled.now })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** The account says from now on what this one says, or no longer does. */
export async function setFills(
  tx: Tx<Tables>,
  id: string,
  fills: 'fills' | 'waits beside',
): Promise<void> {
  await tx
    .updateTable('registration')
    .set({ fills_account: fills === 'fills' })
    .where('id', '=', id)
    .execute()
}

/**
 * The same person fills the form in again: it is the same registration. Its pause and its mail are those
 * of an address: another one begins anew.
 */
export async function rewriteRegistration(
  tx: Tx<Tables>,
  id: string,
  filled: Filled,
): Promise<void> {
  await tx
    .updateTable('registration')
    .set((row) => ({
      ...rowOf(filled),
      registered_at: filled.now,
      asked_at: row.case().when('email', '=', filled.email).then(row.ref('asked_at')).end(),
      letter_id: row.case().when('email', '=', filled.email).then(row.ref('letter_id')).end(),
    }))
    .where('id', '=', id)
    .execute()
}

export async function noteLetter(
  tx: Tx<Tables>,
  id: string,
  asked: { readonly letter: string | null; readonly at: Date },
): Promise<void> {
  await tx
    .updateTable('registration')
    .set({ letter_id: asked.letter, asked_at: asked.at })
    .where('id', '=', id)
    .execute()
}

export async function removeRegistration(tx: Tx<Tables>, id: string): Promise<void> {
  await tx.deleteFrom('registration').where('id', '=', id).execute()
}

/** What became of the latest mail of a registration (ahead 7). */
export async function fateOf(
  db: Db<Tables>,
  letter: string,
): Promise<Pick<Selectable<Tables['letter']>, 'state' | 'settled_at'> | undefined> {
  return db
    .selectFrom('letter')
    .select(['state', 'settled_at'])
    .where('id', '=', letter)
    .executeTakeFirst()
}
