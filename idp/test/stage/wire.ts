import { createHash, randomBytes } from 'node:crypto'
import { CALLBACK, clientSecret, type Visitor } from '@myanm/testing'

/** What an endpoint for programs answered. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The JSON it answered; empty when it was none. */
  readonly body: Readonly<Record<string, unknown>>
}

export interface Caller {
  readonly client?: string
  /** Null: no client authentication at all. */
  readonly secret?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

const random = () => randomBytes(32).toString('base64url')

export const challengeOf = (verifier: string): string =>
  createHash('sha256').update(verifier).digest('base64url')

/** The wire itself, without a library that would refuse to misbehave. */
export function onTheWire(issuer: URL) {
  /** Posts a form to an endpoint as a client of MyANM. */
  async function post(
    path: string,
    fields: Readonly<Record<string, string>> | URLSearchParams,
    caller: Caller = {},
  ): Promise<Answer> {
    const { client = 'guide-social', secret = clientSecret } = caller
    const response = await fetch(new URL(path, issuer), {
      method: 'POST',
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...(secret === null ? {} : { authorization: basic(client, secret) }),
        ...caller.headers,
      },
      body: new URLSearchParams(fields).toString(),
    })
    return answerOf(response)
  }

  /** An authorization request with PKCE, and what proves it later. */
  function request(client = 'guide-social', parameters: Readonly<Record<string, string>> = {}) {
    const verifier = random()
    const state = random()
    const url = new URL('/authorize', issuer)
    url.search = new URLSearchParams({
      client_id: client,
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid profile email compte organisation',
      state,
      code_challenge: challengeOf(verifier),
      code_challenge_method: 'S256',
      ...parameters,
    }).toString()
    return { url, verifier, state }
  }

  /** A new code for somebody who is signed in and has nothing to answer. */
  async function newCode(
    visitor: Visitor,
    client = 'guide-social',
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<{ code: string; verifier: string }> {
    const { url, verifier } = request(client, parameters)
    const page = await visitor.go(url)
    const code = page.url.searchParams.get('code')
    if (code === null) throw new Error(`No code: ${page.url} ${page.text}`)
    return { code, verifier }
  }

  const redeem = (
    { code, verifier }: { code: string; verifier: string },
    caller: Caller = {},
    fields: Readonly<Record<string, string>> = {},
  ): Promise<Answer> =>
    post(
      '/token',
      {
        grant_type: 'authorization_code',
        code,
        redirect_uri: CALLBACK,
        code_verifier: verifier,
        ...fields,
      },
      caller,
    )

  const refresh = (token: string, caller: Caller = {}): Promise<Answer> =>
    post('/token', { grant_type: 'refresh_token', refresh_token: token }, caller)

  const introspect = async (token: string, as = 'guide-social') =>
    (await post('/introspect', { token }, { client: as })).body

  async function userinfo(token: string): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
    return answerOf(await fetch(new URL('/userinfo', issuer), { headers }))
  }

  /** Tokens as a site gets them, for somebody who is signed in. */
  async function tokensOf(
    visitor: Visitor,
    client = 'guide-social',
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<{ access: string; refresh: string; id: string; scope: string }> {
    const { status, body } = await redeem(await newCode(visitor, client, parameters), { client })
    if (status !== 200) throw new Error(`No tokens: ${JSON.stringify(body)}`)
    return {
      access: String(body['access_token']),
      refresh: String(body['refresh_token'] ?? ''),
      id: String(body['id_token'] ?? ''),
      scope: String(body['scope'] ?? ''),
    }
  }

  return { post, request, newCode, redeem, refresh, introspect, userinfo, tokensOf }
}

export type Wire = ReturnType<typeof onTheWire>

export function basic(client: string, secret: string): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(client)}:${encodeURIComponent(secret)}`).toString('base64')}`
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
  }
}
