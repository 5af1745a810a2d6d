import type { Db, Tx } from '@myanm/database'
import { type Selectable, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import type { Billing, Described, Registered } from './rules.ts'

type Profile = Omit<Selectable<Tables['organisation_profile']>, 'organisation_id'>

/** An organisation with everything it tells of itself. */
export interface Organisation extends Profile {
  readonly id: string
  readonly name: string
  readonly acronym: string | null
  readonly bce: string | null
  readonly kind: 'organisme' | 'academie'
  readonly legal_form: string | null
  readonly nonprofit: boolean | null
  readonly is_public: boolean
  readonly to_check: boolean
  readonly options: readonly string[]
  readonly version: number
  /** First name and name of whoever changed it last. */
  readonly changedByName: string | null
}

export async function getOrganisation(db: Db<Tables>, id: string): Promise<Organisation> {
  const row = await db
    .selectFrom('organisation')
    .leftJoin('organisation_profile as profile', 'profile.organisation_id', 'organisation.id')
    .leftJoin('account as changer', 'changer.id', 'profile.changed_by')
    .selectAll('profile')
    .select([
      'organisation.id',
      'organisation.name',
      'organisation.acronym',
      'organisation.bce',
      'organisation.kind',
      'organisation.legal_form',
      'organisation.nonprofit',
      'organisation.is_public',
      'organisation.to_check',
      'organisation.options',
      'organisation.version',
      sql<string | null>`nullif(concat_ws(' ', changer.given_name, changer.family_name), '')`.as(
        'changedByName',
      ),
    ])
    .where('organisation.id', '=', id)
    .executeTakeFirstOrThrow()
  return { ...row, sectors: row.sectors ?? [] } as unknown as Organisation
}

type Columns = Partial<Omit<Profile, 'changed_at' | 'changed_by'>>

async function save(
  tx: Tx<Tables>,
  given: { readonly organisation: string; readonly by: string | null; readonly columns: Columns },
): Promise<void> {
  const told = { ...given.columns, changed_by: given.by, changed_at: sql<Date>`now()` }
  await tx
    .insertInto('organisation_profile')
    .values({ organisation_id: given.organisation, ...told })
    .onConflict((conflict) => conflict.column('organisation_id').doUpdateSet(told))
    .execute()
}

interface Saved {
  readonly organisation: string
  readonly by: string | null
}

const columnsOf = (told: Omit<Described, 'name' | 'acronym'>): Columns => ({
  street: told.street,
  postcode: told.postcode,
  locality: told.locality,
  phone: told.phone,
  email: told.email,
  website: told.website,
  sectors: [...told.sectors],
})

export function saveDescription(
  tx: Tx<Tables>,
  given: Saved & { readonly told: Described },
): Promise<void> {
  return save(tx, { ...given, columns: columnsOf(given.told) })
}

export function saveRegistered(
  tx: Tx<Tables>,
  given: Saved & { readonly told: Registered },
): Promise<void> {
  const { told } = given
  const columns = {
    ...columnsOf(told),
    billing_email: told.billingEmail,
    vat_status: told.vatStatus,
  }
  return save(tx, { ...given, columns })
}

export function saveBilling(
  tx: Tx<Tables>,
  given: Saved & { readonly told: Billing },
): Promise<void> {
  const { told } = given
  const columns = {
    billing_name: told.name,
    billing_street: told.street,
    billing_postcode: told.postcode,
    billing_locality: told.locality,
    billing_email: told.email,
    vat_status: told.vatStatus,
    purchase_reference: told.reference,
    peppol_id: told.peppolId,
  }
  return save(tx, { ...given, columns })
}

export function saveSeat(
  tx: Tx<Tables>,
  given: Saved & {
    readonly seat: Readonly<Record<'street' | 'postcode' | 'locality', string | null>>
  },
): Promise<void> {
  const { street, postcode, locality } = given.seat
  return save(tx, { ...given, columns: { street, postcode, locality } })
}
