import type { Db } from '@myanm/database'
import type { Context } from 'koa'
import { problem } from '../problems.ts'
import type { Tables } from '../tables.ts'
import { standingUnder } from './context-choice.ts'
import type { Engine } from './engine.ts'

export interface Bearer {
  readonly account: string
  /** The organisation acted for, of which the person is a member at this moment. */
  readonly organisation: string
  /** The sector of the asking client: under which names it knows people. */
  readonly sector: string
}

const FORM = /^Bearer ([\w-]{20,})$/

/**
 * Who asks our own API: the person behind an access token, acting for an organisation (RFC 6750).
 * Tokens meant for another service, or bound to a key (DPoP), are not accepted here, nor those of a client
 * that is no site of the house.
 * @throws Problem `invalid-token` (401), `sites-of-the-house-only` (403), or `needs-organisation` (403) in
 *   one's own name
 */
export async function bearerOf(
  ctx: Context,
  needs: { readonly db: Db<Tables>; readonly engine: Engine },
): Promise<Bearer> {
  const value = FORM.exec(ctx.get('authorization'))?.[1]
  const provider = needs.engine.provider()
  const refused = () =>
    problem('invalid-token', { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
  if (!value) throw refused()
  const token = await provider.AccessToken.find(value)
  const scopes = token?.scopes ?? new Set()
  const { accountId, grantId } = token ?? {}
  if (!token || !accountId || !token.clientId || token.aud || token.jkt) throw refused()
  const client = await provider.Client.find(token.clientId)
  const grant = grantId ? await provider.Grant.find(grantId) : undefined
  const standing = await standingUnder(needs.db, { accountId, grantId })
  if (!client || !grant || standing?.account.state !== 'active') throw refused()
  // A person who shares who they are with a partner does not share their colleagues (M53, X2).
  if (!client['firstParty']) throw problem('sites-of-the-house-only')
  if (!scopes.has('organisation') || !standing.organisation) throw problem('needs-organisation')
  return {
    account: accountId,
    organisation: standing.organisation.id,
    sector: String(client['sector']),
  }
}
