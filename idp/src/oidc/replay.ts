import type { Tx } from '@myanm/database'
import type { Context } from 'koa'
import { sql } from 'kysely'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import type { Redemption } from './unit-of-work.ts'

/** What was shown twice, as far as it is known. */
export type Replayed = Pick<Redemption, 'grantId' | 'account' | 'client'>

/**
 * A code or token shown twice has been stolen, or its owner has: the grant and all that came of it end
 * (RFC 6749 §4.1.2, RFC 9700 §4.14.2), and the journal says so.
 */
export async function endFamily(tx: Tx<Tables>, replayed: Replayed): Promise<void> {
  const { grantId, account, client } = replayed
  if (grantId) await sql`delete from oidc_artefact where grant_id = ${grantId}`.execute(tx)
  await record(tx, { event: 'token-replayed', account, client })
}

/**
 * Takes back what the engine prepared for whoever came second, and answers as it would have.
 * @param page where the site's developers read more
 */
export function refuseReplay(ctx: Context, { kind }: Redemption, page: string): void {
  for (const header of ['location', 'set-cookie']) ctx.remove(header)
  const error = kind === 'PushedAuthorizationRequest' ? 'invalid_request_uri' : 'invalid_grant'
  ctx.status = 400
  ctx.body = { error, error_description: 'it was used already', error_uri: page }
}
