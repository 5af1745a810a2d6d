import { referenceOf } from '@myanm/chassis'
import type { Context } from 'koa'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { DEVELOPERS, type Diagnosis, saveDiagnosis } from '#diagnoses'
import { type Cause, causeOf, closestTo } from '#rules/diagnoses'
import { currentWork, type Redemption } from './unit-of-work.ts'

const EVENTS = [
  'authorization.error',
  'pushed_authorization_request.error',
  'grant.error',
  'introspection.error',
  'revocation.error',
  'userinfo.error',
  'end_session.error',
] as const

interface EngineError extends Error {
  readonly error?: string
  readonly error_description?: string
  readonly error_detail?: string
}

/** Longest of anything that is kept: what is longer is not told by its end. */
const LONGEST = 500

/**
 * Writes down what was wrong with a request, for the developers of the site that made it. Known by its
 * name only: it may not have proven to be that site, and reading asks for the secret.
 */
export function keepDiagnoses(provider: Provider): void {
  const keep = (ctx: KoaContextWithOIDC, error: EngineError) => {
    const client = siteOf(ctx)
    if (client === undefined) return
    const said = [error.error_description, error.error_detail].filter(Boolean).join(' – ')
    const words = { error: error.error ?? error.message, words: said }
    const cause = causeOf(words)
    const diagnosis: Diagnosis = {
      reference: referenceOf(ctx as unknown as Context),
      client,
      cause,
      words: `${words.error}: ${said}`.slice(0, LONGEST).toWellFormed(),
      ...evidenceOf(ctx, cause),
    }
    currentWork()?.deeds.push((tx) => saveDiagnosis(tx, diagnosis))
  }
  for (const event of EVENTS) (provider as NodeJS.EventEmitter).on(event, keep)
}

/** The same for whoever came second: the engine had said yes, the database said no. */
export function diagnosisOfReplay(ctx: Context, redemption: Redemption): Diagnosis | null {
  const { client, kind } = redemption
  if (client === undefined) return null
  const cause = REPLAYED[kind] ?? 'other'
  const words = `${kind} was used already, in the same moment`
  return { reference: referenceOf(ctx), client, cause, words, given: null, expected: null }
}

const REPLAYED: Readonly<Record<string, Cause>> = {
  AuthorizationCode: 'code-used',
  RefreshToken: 'refresh-used',
  PushedAuthorizationRequest: 'request-uri',
}

/** Where the developers of a site read more of this request. */
export function pageFor(ctx: Context, issuer: URL | string): string {
  return new URL(`${DEVELOPERS}/${referenceOf(ctx)}`, issuer).href
}

/**
 * Sites are told where to read more, as RFC 6749 §4.1.2.1 and §5.2 have it: in the body of an answer to
 * a program, in the address a person is sent back with.
 */
export function tellWhere(ctx: KoaContextWithOIDC): void {
  const uri = pageFor(ctx as unknown as Context, ctx.oidc.provider.issuer)
  const { body } = ctx
  if (ctx.status >= 400 && typeof body === 'object' && body !== null && 'error' in body) {
    ctx.body = { ...body, error_uri: uri }
  }
  const target = URL.parse(ctx.response.get('location'))
  if (!target) return
  const said = new URLSearchParams(target.hash.slice(1))
  if (target.searchParams.has('error')) target.searchParams.set('error_uri', uri)
  else if (said.has('error')) target.hash = `${said}&${new URLSearchParams({ error_uri: uri })}`
  else return
  ctx.set('Location', target.href)
}

/** What a request says, as far as it came: of some it is wrong already how they are written. */
function given(ctx: KoaContextWithOIDC, name: string): string | undefined {
  const { params, body } = ctx.oidc
  const value =
    params?.[name] ?? (body as Record<string, unknown> | undefined)?.[name] ?? ctx.query[name]
  // Half a character at the end, or a lone half of one, is no text the database takes.
  return typeof value === 'string' ? value.slice(0, LONGEST).toWellFormed() : undefined
}

/** What names of sites look like; anything else is nobody's. */
const NAME = /^[a-z0-9][a-z0-9-]{1,62}$/

/** The site that asks, as far as it says so. */
function siteOf(ctx: KoaContextWithOIDC): string | undefined {
  if (ctx.oidc.client) return ctx.oidc.client.clientId
  const basic = /^Basic ([\w+/]+=*)$/.exec(ctx.get('authorization'))?.[1]
  const named = basic && Buffer.from(basic, 'base64').toString().split(':')[0]
  const name = given(ctx, 'client_id') ?? named
  return name !== undefined && NAME.test(name) ? name : undefined
}

function evidenceOf(
  ctx: KoaContextWithOIDC,
  cause: Cause,
): { readonly given: string | null; readonly expected: string | null } {
  const { client } = ctx.oidc
  switch (cause) {
    case 'redirect-uri':
      return compared(given(ctx, 'redirect_uri'), client?.redirectUris)
    case 'post-logout-redirect-uri':
      return compared(given(ctx, 'post_logout_redirect_uri'), client?.postLogoutRedirectUris)
    case 'response-type':
      return { given: given(ctx, 'response_type') ?? null, expected: 'code' }
    case 'pkce-method':
      return { given: given(ctx, 'code_challenge_method') ?? null, expected: 'S256' }
    case 'scope':
    case 'resource':
    case 'prompt':
      return { given: given(ctx, cause) ?? null, expected: null }
    case 'grant-type':
      return { given: given(ctx, 'grant_type') ?? null, expected: null }
    default:
      return { given: null, expected: null }
  }
}

function compared(sent: string | undefined, registered: readonly string[] = []) {
  return sent === undefined
    ? { given: null, expected: null }
    : { given: sent, expected: closestTo(sent, registered) }
}
