import { timingSafeEqual } from 'node:crypto'
import { readFields } from '@myanm/chassis'
import type { Db, Statements } from '@myanm/database'
import type { Context } from 'koa'
import type { Client, Policies } from '#clients'
import { hashClientSecret } from '#rules/clients'
import type { Tables } from '../tables.ts'
import { type Found, finding } from './artefacts.ts'
import { recordRefusal } from './introspection.ts'
import type { SubjectOf } from './subject.ts'
import { type Status, statusOf } from './token-status.ts'

export interface IntrospectionNeeds {
  readonly db: Db<Tables>
  readonly statements: Statements
  readonly issuer: URL
  readonly subjectOf: SubjectOf
}

/** What identifiers of tokens look like; anything else was never issued and is not looked for. */
const TOKEN = /^[\w~.:-]{8,255}$/
const FORM = /^application\/x-www-form-urlencoded(; ?charset=utf-8)?$/i
const BASIC = /^Basic ([\w+/]+=*)$/

/**
 * Answers the usual introspection: a form, a client with HTTP Basic. One statement tells everything, and
 * the engine's forty steps are not needed to say it (yardsticks P3). Whatever is unusual, other ways
 * to authenticate and every refusal of a client included, is the engine's.
 *
 * @returns whether it answered
 */
export function introspectionEndpoint(
  needs: IntrospectionNeeds,
  data: { readonly clients: readonly Client[]; readonly policies: Policies },
): (ctx: Context) => Promise<boolean> {
  const { db, statements, subjectOf } = needs
  const issuer = needs.issuer.origin
  const clients = new Map(data.clients.map((client) => [client.client_id, client]))
  const sectorOf = (id: string) => clients.get(id)?.sector

  const ask = async (token: string, asking: string): Promise<Status> => {
    if (!TOKEN.test(token)) return { active: false }
    const { rows } = await statements.query<{ found: Found }>(finding(token))
    const found = rows[0]?.found
    if (!found) return { active: false }
    const now = Math.floor(Date.now() / 1000)
    const { policies } = data
    const status = statusOf({ found, asking, policies, issuer, subjectOf, sectorOf, now })
    if (status.active || !status.refused) return status
    await recordRefusal(db, { asking, about: String(found.payload['clientId']) })
    return { active: false }
  }

  return async function introspect(ctx) {
    if (!FORM.test(ctx.get('content-type'))) return false
    const asking = authenticated(ctx.get('authorization'), clients)
    if (asking === undefined) return false
    const tokens = (await readFields(ctx)).getAll('token')
    const [token] = tokens
    if (token === undefined || token === '' || tokens.length > 1) {
      ctx.status = 400
      ctx.body = { error: 'invalid_request', error_description: 'one token must be given' }
      return true
    }
    ctx.body = await ask(token, asking)
    return true
  }
}

/** The client behind HTTP Basic (RFC 6749 §2.3.1), when it is one and its secret is right. */
function authenticated(
  authorization: string,
  clients: ReadonlyMap<string, Client>,
): string | undefined {
  const encoded = BASIC.exec(authorization)?.[1]
  if (encoded === undefined) return undefined
  const pair = Buffer.from(encoded, 'base64').toString().split(':')
  const [id, secret] = pair.map(decoded)
  const client = clients.get(id ?? '')
  if (!client || !id || !secret || pair.length !== 2) return undefined
  const expected = Buffer.from(client.secret_hash)
  const given = Buffer.from(hashClientSecret(secret))
  return expected.length === given.length && timingSafeEqual(expected, given) ? id : undefined
}

/** Both parts are form-encoded before they are joined; some libraries do, some do not need to. */
function decoded(text: string): string | undefined {
  if (!/[%+]/.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // Not an encoding: the engine will say so.
    return undefined
  }
}
