import type { Tx } from '@myanm/database'
import type { Person } from '@myanm/permissions'
import { standingOf } from '#accounts'
import { actorOf } from '#rules/memberships'
import type { Tables } from '../tables.ts'

/**
 * The member as they are inside this transaction, once the organisation is locked: what the page was
 * opened with may have ended since. Null for who is no member any more.
 */
export async function actorNow(
  tx: Tx<Tables>,
  { by, organisation }: { readonly by: string; readonly organisation: string },
): Promise<Person | null> {
  const standing = await standingOf(tx, by, organisation)
  return standing?.organisation ? actorOf(standing) : null
}
