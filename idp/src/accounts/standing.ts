import type { Db } from '@myanm/database'
import type { Role } from '@myanm/permissions'
import { sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** What holds of a person now, as the database function `standing` tells it. */
export interface Standing {
  readonly account: {
    readonly id: string
    readonly type: 'particulier' | 'independant' | 'organisme'
    readonly state: Tables['account']['state']
    readonly email: string | null
    readonly email_confirmed: boolean
    readonly given_name: string | null
    readonly family_name: string | null
    readonly language: string
    readonly rights_version: number
    /** Client → roles inside that site. */
    readonly app_roles: Readonly<Record<string, readonly string[]>> | null
  }
  /** The organisation acted for; null in one's own name, or when the membership has ended. */
  readonly organisation: {
    readonly id: string
    readonly name: string
    readonly bce: string | null
    readonly kind: 'organisme' | 'academie'
    readonly nonprofit: boolean | null
    readonly legal_form: string | null
    readonly options: readonly string[]
    /** Nobody of the ANM has looked at it yet (D13). */
    readonly to_check: boolean
    readonly role: Role
    /** Which membership it is: who comes back has another one. */
    readonly membership: string
  } | null
  /** Organisations the person belongs to, two at most: none, one, or a choice to make. */
  readonly choices: readonly { readonly organisation: string; readonly membership: string }[]
}

/** Reads the standing of one person, acting for an organisation or (null) in their own name. */
export async function standingOf(
  db: Db<Tables>,
  account: string,
  organisation: string | null,
): Promise<Standing | null> {
  const { rows } = await sql<{ standing: Standing | null }>`
    select standing(${account}::uuid, ${organisation}::uuid) as standing`.execute(db)
  return rows[0]?.standing ?? null
}
