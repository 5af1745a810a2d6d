import { readFields } from '@myanm/chassis'
import type { Db, Statements } from '@myanm/database'
import type { Context } from 'koa'
import { type Client, clientBehind, type Policies } from '#clients'
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
    const asking = clientBehind(ctx.get('authorization'), clients)
    if (asking === undefined) return false
    const fields = await readFields(ctx)
    const mistake = mistakeIn(fields, asking)
    if (mistake !== null) {
      ctx.status = 400
      ctx.body = { error: 'invalid_request', error_description: mistake }
      return true
    }
    ctx.body = await ask(fields.get('token') ?? '', asking)
    return true
  }
}

const PARAMETERS = ['token', 'token_type_hint', 'client_id'] as const
const PROOFS = ['client_secret', 'client_assertion'] as const

/**
 * What the engine refuses, too: a parameter that is given twice (RFC 6749 §3.2), a second proof of who
 * asks, or another name for them (§2.3). Whatever else is in the form is ignored (F42).
 */
function mistakeIn(fields: URLSearchParams, asking: string): string | null {
  if ([...PARAMETERS, ...PROOFS].some((name) => fields.getAll(name).length > 1)) {
    return 'a parameter must not be given twice'
  }
  if (!fields.get('token')) return 'one token must be given'
  if (PROOFS.some((name) => fields.get(name))) return 'one client authentication must be given'
  return (fields.get('client_id') || asking) === asking ? null : 'client_id is of another client'
}
