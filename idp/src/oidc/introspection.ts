import type { Db } from '@myanm/database'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Policies } from '#clients'
import { record } from '#journal'
import type { Tables } from '../tables.ts'
import { organisationOf } from './acting-context.ts'
import { claimsFor } from './claims.ts'
import { standingUnder } from './context-choice.ts'
import type { SubjectOf } from './subject.ts'

interface Token {
  readonly kind?: string | undefined
  readonly clientId?: string | undefined
  readonly aud?: string | readonly string[] | undefined
}

/**
 * Who may ask about a token: its own client, the resource server it is meant for, and whom a policy
 * names. Everybody else is told that it is not active (7.5).
 */
export function mayIntrospect(policies: Policies, asking: string, token: Token): boolean {
  if (token.clientId === asking) return true
  // A resource server that is shown a refresh token must not take it for an access token.
  if (token.kind === 'RefreshToken') return false
  const audiences = token.aud === undefined ? [] : [token.aud].flat()
  if (audiences.some((audience) => policies.audiences.get(audience)?.clientId === asking))
    return true
  // A token meant for one service is nobody else's business, whatever its client.
  if (audiences.length > 0) return false
  return policies.introspection.get(asking)?.has(token.clientId ?? '') ?? false
}

/**
 * Replaces what the engine remembers of a token by what holds now: rights are read at each call, and a
 * token of a person, membership or organisation that has ended is not active. The person is named as
 * who asks knows them: two partners that ask about one site cannot match its people (7.1, D6).
 */
export async function answerWithLiveRights(
  ctx: KoaContextWithOIDC,
  { db, subjectOf }: { readonly db: Db<Tables>; readonly subjectOf: SubjectOf },
): Promise<void> {
  const answer = ctx.body as { active?: boolean; scope?: string; sid?: string } | undefined
  if (answer?.active !== true) return
  const token = ctx.oidc.entities.AccessToken ?? ctx.oidc.entities.RefreshToken
  if (!token?.accountId) return
  const { accountId, grantId } = token
  const standing = await standingUnder(db, { accountId, grantId })
  const holds =
    standing?.account.state === 'active' &&
    (organisationOf(grantId) === null || standing.organisation !== null)
  const { sid, ...told } = answer
  const sector = String(ctx.oidc.client?.['sector'])
  const client = await ctx.oidc.provider.Client.find(token.clientId ?? '')
  ctx.body = holds
    ? {
        ...told,
        ...(sector === client?.['sector'] && { sid }),
        sub: subjectOf(accountId, sector),
        ...claimsFor({
          standing,
          use: 'introspection',
          scopes: new Set(answer.scope?.split(' ')),
          client: token.clientId ?? '',
        }),
      }
    : { active: false }
}

/** A refusal is written down: whoever keeps asking about tokens of others is seen (7.5). */
export async function recordRefusal(
  db: Db<Tables>,
  refusal: { readonly asking: string; readonly about: string },
): Promise<void> {
  await record(db, {
    event: 'introspection-refused',
    client: refusal.asking,
    details: { about: refusal.about },
  })
}
