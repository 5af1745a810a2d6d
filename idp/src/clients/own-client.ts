import { randomBytes } from 'node:crypto'
import type { Db } from '@myanm/database'
import type { Tables } from '../tables.ts'
import { hashClientSecret } from './rules.ts'

/** The client MyANM's own pages are at their own provider: signing in here is signing in. */
export const OWN_CLIENT = 'myanm'

/** Where the engine sends the person back to, below our address. */
export const RETURN_PATH = '/compte/retour'

/** Makes sure it exists and knows our address. Nobody knows its secret: it redeems no code. */
export async function ensureOwnClient(db: Db<Tables>, publicUrl: URL): Promise<void> {
  const redirect = new URL(RETURN_PATH, publicUrl).href
  await db
    .insertInto('client')
    .values({
      client_id: OWN_CLIENT,
      name: 'MyANM',
      secret_hash: hashClientSecret(randomBytes(32).toString('base64url')),
      sector: OWN_CLIENT,
      first_party: true,
      redirect_uris: [redirect],
      backchannel_logout_uri: null,
      home_uri: null,
      scopes: ['openid'],
      grant_types: ['authorization_code'],
    })
    .onConflict((conflict) =>
      conflict.column('client_id').doUpdateSet({ redirect_uris: [redirect] }),
    )
    .execute()
}
