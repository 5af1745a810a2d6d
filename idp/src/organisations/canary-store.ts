import type { Db, Tx } from '@myanm/database'
import type { Tables } from '../tables.ts'
import { admit, findManager } from './membership-store.ts'

/** An organisation of MyANM's own, on whose one member changes of rights are tried (ahead 1). */
export interface Canary {
  readonly organisation: string
  readonly member: string
}

export async function findCanary(db: Db<Tables>): Promise<Canary | undefined> {
  const row = await db
    .selectFrom('organisation')
    .innerJoin('membership', 'membership.organisation_id', 'organisation.id')
    .select(['organisation.id as organisation', 'membership.account_id as member'])
    .where('organisation.is_canary', '=', true)
    .where('membership.state', '=', 'active')
    .where('membership.role', '<>', 'GESTIONNAIRE')
    .executeTakeFirst()
  return row
}

/**
 * Makes it, with who leads it: an organisation has one GESTIONNAIRE, this one too.
 * @throws a unique violation on `organisation_one_canary` when another process was first
 */
export async function foundCanary(
  tx: Tx<Tables>,
  given: { readonly name: string; readonly manager: string; readonly member: string },
): Promise<Canary> {
  const { id: organisation } = await tx
    .insertInto('organisation')
    .values({ kind: 'academie', name: given.name, is_canary: true })
    .returning('id')
    .executeTakeFirstOrThrow()
  const places = [
    [given.manager, 'GESTIONNAIRE'],
    [given.member, 'LECTEUR'],
  ] as const
  for (const [account, role] of places) {
    await admit(tx, { organisation, account, role, by: null, because: 'canary' })
  }
  return { organisation, member: given.member }
}

/** In whose name its role changes: its GESTIONNAIRE's. */
export async function findCanaryManager(tx: Tx<Tables>, canary: Canary): Promise<string | null> {
  return (await findManager(tx, canary.organisation))?.account ?? null
}
