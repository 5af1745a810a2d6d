import type { Tx } from '@myanm/database'
import type { Tables } from '../tables.ts'

/**
 * An account of MyANM's own, that nobody can sign in with: no name to type, no address, no password, and
 * closed besides. It is found by no search, which look for a family name, an address or a login.
 */
export async function createNobody(tx: Tx<Tables>, name: string): Promise<string> {
  const { id } = await tx
    .insertInto('account')
    .values({
      account_type: 'organisme',
      state: 'suspended',
      given_name: name,
      ...{ login: null, email: null, email_confirmed_at: null, password_hash: null },
      ...{ registered_at_client: null, deletion_requested_at: null, deleted_at: null },
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}
