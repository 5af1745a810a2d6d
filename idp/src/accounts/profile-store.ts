import type { Db, Tx } from '@myanm/database'
import { type Selectable, sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** What a person told about themselves beyond their name; shown to nobody else. */
export type Profile = Readonly<
  Pick<
    Selectable<Tables['profile']>,
    | 'civility'
    | 'phone'
    | 'street'
    | 'postcode'
    | 'locality'
    | 'profession'
    | 'bce'
    | 'vat_status'
    | 'version'
  >
>

const NOTHING_TOLD: Profile = {
  civility: null,
  phone: null,
  street: null,
  postcode: null,
  locality: null,
  profession: null,
  bce: null,
  vat_status: null,
  version: 0,
}

export async function getProfile(db: Db<Tables>, account: string): Promise<Profile> {
  const row = await db
    .selectFrom('profile')
    .select([
      'civility',
      'phone',
      'street',
      'postcode',
      'locality',
      'profession',
      'bce',
      'vat_status',
      'version',
    ])
    .where('account_id', '=', account)
    .executeTakeFirst()
  return row ?? NOTHING_TOLD
}

/**
 * Changes what a person told about themselves, if it is still what they were shown. Two tabs at once:
 * the statement decides who was first (E40).
 * @returns false when it has changed since that version; nothing is written then
 */
export async function changeProfile(
  tx: Tx<Tables>,
  change: {
    readonly account: string
    readonly version: number
    readonly told: Partial<Omit<Profile, 'version'>>
  },
): Promise<boolean> {
  const { account, version, told } = change
  const row = await tx
    .insertInto('profile')
    .values({ account_id: account, ...told, terms_accepted_at: null })
    .onConflict((conflict) =>
      conflict
        .column('account_id')
        .doUpdateSet({ ...told, version: sql<number>`profile.version + 1` })
        .where('profile.version', '=', version),
    )
    .returning('account_id')
    .executeTakeFirst()
  return row !== undefined
}
