import type { Db, Tx } from '@myanm/database'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { SecondFactors } from './rules.ts'

/** What an account has set up to prove who its person is. */
export async function secondFactorsOf(
  db: Db<Tables> | Tx<Tables>,
  account: string,
): Promise<SecondFactors> {
  const [passkeys, application, codes] = await Promise.all([
    db
      .selectFrom('passkey')
      .select(['id', 'name', 'created_at', 'last_used_at', 'is_synced'])
      .where('account_id', '=', account)
      .orderBy('id')
      .execute(),
    db
      .selectFrom('one_time_password')
      .select(['created_at', 'last_used_at'])
      .where('account_id', '=', account)
      .executeTakeFirst(),
    db
      .selectFrom('recovery_code')
      .select(({ fn }) => fn.countAll<string>().as('left'))
      .where('account_id', '=', account)
      .where('used_at', 'is', null)
      .executeTakeFirst(),
  ])
  return {
    passkeys: passkeys.map(({ id, name, created_at, last_used_at, is_synced }) => ({
      id,
      name,
      since: created_at,
      lastUsedAt: last_used_at,
      isSynced: is_synced,
    })),
    application: application
      ? { since: application.created_at, lastUsedAt: application.last_used_at }
      : null,
    recoveryCodes: Number(codes?.left ?? 0),
  }
}

/** Whether a password alone does not let this person in. */
export async function hasSecondFactor(
  db: Db<Tables> | Tx<Tables>,
  account: string,
): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select exists (select from passkey where account_id = ${account})
      or exists (select from one_time_password where account_id = ${account}) as has`.execute(db)
  return rows[0]?.has ?? false
}

export interface PasskeyRow {
  readonly id: string
  readonly account_id: string
  readonly credential_id: Buffer
  readonly public_key: Buffer
  readonly counter: string | number
  readonly transports: readonly string[]
  readonly is_synced: boolean
}

export async function listPasskeys(db: Db<Tables>, account: string): Promise<PasskeyRow[]> {
  return (await db
    .selectFrom('passkey')
    .selectAll()
    .where('account_id', '=', account)
    .orderBy('id')
    .execute()) as PasskeyRow[]
}

export async function findPasskey(
  db: Db<Tables>,
  credentialId: Buffer,
): Promise<PasskeyRow | undefined> {
  return (await db
    .selectFrom('passkey')
    .selectAll()
    .where('credential_id', '=', credentialId)
    .executeTakeFirst()) as PasskeyRow | undefined
}

/** @returns false when this credential is known already, of this account or another */
export async function savePasskey(
  tx: Tx<Tables>,
  passkey: {
    readonly account: string
    readonly credentialId: Buffer
    readonly publicKey: Buffer
    readonly counter: number
    readonly transports: readonly string[]
    readonly isSynced: boolean
    readonly name: string
  },
): Promise<boolean> {
  const row = await tx
    .insertInto('passkey')
    .values({
      account_id: passkey.account,
      credential_id: passkey.credentialId,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      transports: [...passkey.transports],
      is_synced: passkey.isSynced,
      name: passkey.name,
      last_used_at: null,
    })
    .onConflict((conflict) => conflict.column('credential_id').doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Notes a use. Of two answers with the same counter one is first: the statement decides. Authenticators
 * that do not count say zero, always (WebAuthn §6.1.1).
 * @returns false when the counter did not grow: a copy of the key may be about
 */
export async function noteUse(
  tx: Tx<Tables>,
  used: { readonly id: string; readonly counter: number; readonly isSynced: boolean },
): Promise<boolean> {
  const row = await tx
    .updateTable('passkey')
    .set({ counter: used.counter, is_synced: used.isSynced, last_used_at: sql<Date>`now()` })
    .where('id', '=', used.id)
    .where(sql<boolean>`counter < ${used.counter} or (counter = 0 and ${used.counter} = 0)`)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** @returns false when this challenge was answered already: this is a replay */
export async function spendChallenge(
  tx: Tx<Tables>,
  challenge: Buffer,
  until: Date,
): Promise<boolean> {
  const row = await tx
    .insertInto('spent_challenge')
    .values({ challenge, expires_at: until })
    .onConflict((conflict) => conflict.doNothing())
    .returning('challenge')
    .executeTakeFirst()
  return row !== undefined
}

export async function removePasskey(
  tx: Tx<Tables>,
  { account, id }: { readonly account: string; readonly id: string },
): Promise<boolean> {
  const row = await tx
    .deleteFrom('passkey')
    .where('account_id', '=', account)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export async function renamePasskey(
  db: Db<Tables>,
  { account, id, name }: { readonly account: string; readonly id: string; readonly name: string },
): Promise<boolean> {
  const row = await db
    .updateTable('passkey')
    .set({ name })
    .where('account_id', '=', account)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export async function findSealedSecret(
  db: Db<Tables>,
  account: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('one_time_password')
    .select('sealed_secret')
    .where('account_id', '=', account)
    .executeTakeFirst()
  return row?.sealed_secret
}

/** @returns false when there is one already */
export async function saveApplication(
  tx: Tx<Tables>,
  given: { readonly account: string; readonly sealedSecret: string; readonly step: number },
): Promise<boolean> {
  const row = await tx
    .insertInto('one_time_password')
    .values({
      account_id: given.account,
      sealed_secret: given.sealedSecret,
      last_step: given.step,
      last_used_at: null,
    })
    .onConflict((conflict) => conflict.column('account_id').doNothing())
    .returning('account_id')
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Uses up the code of a step: it and those before it are worth nothing from now on. Of a hundred at once
 * one is first (RFC 6238 §5.2, ASVS 6.5.1).
 */
export async function spendStep(
  tx: Tx<Tables>,
  { account, step }: { readonly account: string; readonly step: number },
): Promise<boolean> {
  const row = await tx
    .updateTable('one_time_password')
    .set({ last_step: step, last_used_at: sql<Date>`now()` })
    .where('account_id', '=', account)
    .where('last_step', '<', step)
    .returning('account_id')
    .executeTakeFirst()
  return row !== undefined
}

export async function removeApplication(tx: Tx<Tables>, account: string): Promise<boolean> {
  const row = await tx
    .deleteFrom('one_time_password')
    .where('account_id', '=', account)
    .returning('account_id')
    .executeTakeFirst()
  return row !== undefined
}

/** Puts new recovery codes in the place of all others, used or not. */
export async function replaceRecoveryCodes(
  tx: Tx<Tables>,
  { account, hashes }: { readonly account: string; readonly hashes: readonly Buffer[] },
): Promise<void> {
  await tx.deleteFrom('recovery_code').where('account_id', '=', account).execute()
  if (hashes.length === 0) return
  await tx
    .insertInto('recovery_code')
    .values(hashes.map((hash) => ({ account_id: account, hash, used_at: null })))
    .execute()
}

/** Of a hundred at once one gets it: the statement decides, not a look beforehand. */
export async function spendRecoveryCode(
  tx: Tx<Tables>,
  { account, hash }: { readonly account: string; readonly hash: Buffer },
): Promise<boolean> {
  const row = await tx
    .updateTable('recovery_code')
    .set({ used_at: sql<Date>`now()` })
    .where('account_id', '=', account)
    .where('hash', '=', hash)
    .where('used_at', 'is', null)
    .returning('account_id')
    .executeTakeFirst()
  return row !== undefined
}

export async function secondFactorFailures(db: Db<Tables>, account: string): Promise<number> {
  const row = await db
    .selectFrom('sign_in_failure')
    .select('second_factors')
    .where('account_id', '=', account)
    .executeTakeFirst()
  return row?.second_factors ?? 0
}

export async function countSecondFactorFailure(tx: Tx<Tables>, account: string): Promise<void> {
  await sql`
    insert into sign_in_failure (account_id, second_factors) values (${account}, 1)
      on conflict (account_id) do update
        set second_factors = sign_in_failure.second_factors + 1`.execute(tx)
}

export async function clearSecondFactorFailures(tx: Tx<Tables>, account: string): Promise<void> {
  await tx
    .updateTable('sign_in_failure')
    .set({ second_factors: 0 })
    .where('account_id', '=', account)
    .where('second_factors', '>', 0)
    .execute()
}
