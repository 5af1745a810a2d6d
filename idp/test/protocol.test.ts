import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  CALLBACK,
  clientSecret,
  newVisitor,
  query,
  signInAs,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose'
import { newHolder } from './stage/dpop.ts'
import { until } from './stage/until.ts'
import { answerOf, basic, onTheWire, type Wire } from './stage/wire.ts'

let database: TestDatabase
let myanm: TestIdp
let wire: Wire
let visitor: Visitor

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  wire = onTheWire(myanm.issuer)
  const signedIn = await signInAs(myanm.issuer, 'collaborateur', { client: 'guide-social' })
  visitor = signedIn.visitor
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const at = (path: string) => new URL(path, myanm.issuer)

async function read(path: string) {
  const response = await fetch(at(path), { headers: { accept: 'application/json' } })
  expect(response.status).toBe(200)
  return (await response.json()) as Record<string, unknown>
}

const keySet = async () => (await read('/jwks')) as unknown as JSONWebKeySet

describe('what the discovery document says', () => {
  test('is true: every endpoint is ours and answers', async () => {
    const metadata = await read('/.well-known/openid-configuration')
    expect(metadata['issuer']).toBe(myanm.issuer.origin)
    expect(await read('/.well-known/oauth-authorization-server')).toEqual(metadata)
    const endpoints = Object.entries(metadata).filter(([name]) => /_(endpoint|uri)$/.test(name))
    expect(endpoints.map(([name]) => name).sort()).toEqual([
      'authorization_endpoint',
      'end_session_endpoint',
      'introspection_endpoint',
      'jwks_uri',
      'pushed_authorization_request_endpoint',
      'revocation_endpoint',
      'token_endpoint',
      'userinfo_endpoint',
    ])
    for (const [name, address] of endpoints) {
      const url = new URL(String(address))
      expect(url.origin).toBe(myanm.issuer.origin)
      const posted = /token|introspection|revocation|pushed/.test(name)
      const { status } = await fetch(url, {
        method: posted ? 'POST' : 'GET',
        redirect: 'manual',
        ...(posted && { body: new URLSearchParams() }),
      })
      expect([name, status]).not.toEqual([name, 404])
      expect([name, status]).not.toEqual([name, 405])
      expect(status).toBeLessThan(500)
    }
  })

  test('offers the code flow, proof of the asker, and nothing weaker', async () => {
    const metadata = await read('/.well-known/openid-configuration')
    expect(metadata).toMatchObject({
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      subject_types_supported: ['pairwise'],
      authorization_response_iss_parameter_supported: true,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    })
    expect(metadata['grant_types_supported']).toEqual(
      expect.arrayContaining(['authorization_code', 'refresh_token']),
    )
    for (const grant of ['implicit', 'password']) {
      expect(metadata['grant_types_supported']).not.toContain(grant)
    }
    for (const [name, value] of Object.entries(metadata)) {
      if (!name.endsWith('alg_values_supported')) continue
      expect([name, value]).not.toEqual([name, expect.arrayContaining(['none'])])
      if (/id_token|dpop/.test(name)) expect(JSON.stringify(value)).not.toContain('HS')
    }
    expect(metadata['registration_endpoint']).toBeUndefined()
    expect(metadata['check_session_iframe']).toBeUndefined()
  })

  test('holds in practice: no password grant, no implicit one, none nobody knows', async () => {
    for (const grant of ['password', 'implicit', 'urn:ietf:params:oauth:grant-type:jwt-bearer']) {
      const { status, body } = await wire.post('/token', {
        grant_type: grant,
        username: 'lecteur',
        password: 'x',
      })
      expect([status, body['error']]).toEqual([400, 'unsupported_grant_type'])
    }
    for (const client of ['guide-social', 'resource-server', 'partner']) {
      const own = await wire.post('/token', { grant_type: 'client_credentials' }, { client })
      expect(own.status).toBe(400)
      expect(own.body['access_token']).toBeUndefined()
    }
  })
})

describe('keys and tokens', () => {
  test('the published keys are public ones, with the next beside the current', async () => {
    const { keys } = await keySet()
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'ES256', 'RS256', 'RS256'])
    for (const key of keys) {
      expect(key.use).toBe('sig')
      expect(key.kid).toEqual(expect.any(String))
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) {
        expect(Object.keys(key)).not.toContain(secret)
      }
    }
  })

  test('an id_token is signed, short-lived, for one client, and says little', async () => {
    const { id } = await wire.tokensOf(visitor, 'guide-social', { nonce: 'n-0S6_WzA2Mj' })
    const { payload, protectedHeader } = await jwtVerify(id, createLocalJWKSet(await keySet()), {
      issuer: myanm.issuer.origin,
      audience: 'guide-social',
      algorithms: ['ES256'],
    })
    expect(protectedHeader).toEqual({ alg: 'ES256', kid: expect.any(String) })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600)
    expect(payload['nonce']).toBe('n-0S6_WzA2Mj')
    const said = ['acr', 'amr', 'at_hash', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce']
    said.push('org', 'rights_version', 'sid', 'sub')
    expect(said).toEqual(expect.arrayContaining(Object.keys(payload)))
    expect(payload['org']).toEqual({
      id: myanm.organisations.get('tilleuls'),
      role: 'COLLABORATEUR',
    })
  })

  test('userinfo answers to a token in the header, never in the address', async () => {
    const { access, id } = await wire.tokensOf(visitor)
    const bearer = { authorization: `Bearer ${access}`, accept: 'application/json' }
    const got = await answerOf(await fetch(at('/userinfo'), { headers: bearer }))
    expect(got.body['sub']).toBe(decodeJwt(id).sub)
    const posted = await fetch(at('/userinfo'), { method: 'POST', headers: bearer })
    expect(await posted.json()).toEqual(got.body)

    const inAddress = await fetch(at(`/userinfo?access_token=${access}`), {
      headers: { accept: 'application/json' },
    })
    expect(inAddress.status).toBe(400)
    for (const authorization of [
      '',
      'Bearer',
      'Bearer x',
      `Basic ${access}`,
      `bearer  ${access}`,
    ]) {
      const { status } = await fetch(at('/userinfo'), {
        headers: { accept: 'application/json', ...(authorization && { authorization }) },
      })
      expect([400, 401]).toContain(status)
    }
    const wrong = await wire.userinfo(`${access}x`)
    expect(wrong.status).toBe(401)
    expect(wrong.headers.get('www-authenticate')).toContain('invalid_token')
  })

  test('names people alike on the sites of the house, and nowhere else', async () => {
    const person = (await signInAs(myanm.issuer, 'lecteur', { client: 'guide-social' })).visitor
    const subjects = new Map<string, string | undefined>()
    for (const client of ['guide-social', 'monasbl', 'bilan', 'partner']) {
      const { tokens } = await signInAs(myanm.issuer, 'lecteur', { client, visitor: person })
      subjects.set(client, tokens.claims()?.sub)
      const introspected = await wire.introspect(tokens.access_token, client)
      expect(introspected['sub']).toBe(tokens.claims()?.sub)
    }
    expect(subjects.get('monasbl')).toBe(subjects.get('guide-social'))
    expect(new Set(subjects.values()).size).toBe(3)
    for (const account of myanm.accounts.values()) {
      expect([...subjects.values()]).not.toContain(account)
    }
  })

  test('by one name at a site with several hosts, too', async () => {
    const other = 'https://ailleurs.exemple.be/retour'
    await query(
      database,
      "update client set redirect_uris = redirect_uris || $1::text where client_id = 'monasbl'",
      [other],
    )
    const asked = wire.request('monasbl', { redirect_uri: other }).url
    const isKnown = async () =>
      (await visitor.request(asked)).headers.get('location')?.startsWith(other) ?? false
    await until(isKnown)
    const here = await wire.tokensOf(visitor, 'monasbl')
    const guide = await wire.tokensOf(visitor, 'guide-social')
    expect(decodeJwt(here.id).sub).toBe(decodeJwt(guide.id).sub)
  })

  test('the issuer signs every answer: success and error', async () => {
    const { url } = wire.request()
    const success = await visitor.go(url)
    expect(success.url.searchParams.get('iss')).toBe(myanm.issuer.origin)
    const refused = await newVisitor().go(wire.request('guide-social', { prompt: 'none' }).url)
    expect(refused.url.searchParams.get('error')).toBe('login_required')
    expect(refused.url.searchParams.get('iss')).toBe(myanm.issuer.origin)
    const wrong = await visitor.go(wire.request('guide-social', { response_type: 'token' }).url)
    expect(wrong.url.href).toContain(`iss=${encodeURIComponent(myanm.issuer.origin)}`)
  })
})

describe('a client proves who it is', () => {
  test('with its own secret, in the header', async () => {
    const { refresh } = await wire.tokensOf(visitor)
    const [row] = await query<{ secret_hash: string }>(
      database,
      "select secret_hash from client where client_id = 'guide-social'",
    )
    const impostors = [
      { secret: 'wrong' },
      { secret: `${clientSecret}x` },
      { secret: clientSecret.slice(0, -1) },
      { secret: row?.secret_hash ?? '' },
      { client: 'inconnu' },
      { client: 'GUIDE-SOCIAL' },
      { client: 'myanm' },
      { headers: { authorization: 'Basic' } },
      { headers: { authorization: 'Basic !!!' } },
      { headers: { authorization: `Basic ${btoa('guide-social')}` } },
      { headers: { authorization: basic('guide-social', '') } },
      { secret: null },
    ]
    for (const impostor of impostors) {
      for (const path of ['/token', '/introspect', '/revoke', '/par']) {
        const { status, body } = await wire.post(
          path,
          { grant_type: 'refresh_token', refresh_token: refresh, token: refresh },
          impostor,
        )
        expect([400, 401]).toContain(status)
        expect(['invalid_client', 'invalid_request']).toContain(body['error'])
      }
    }
    const wrong = await wire.post('/introspect', { token: refresh }, { secret: 'wrong' })
    expect(wrong.status).toBe(401)
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic /)
    expect((await wire.refresh(refresh)).status).toBe(200)
  })

  test('or in the body, but not twice and not by an address', async () => {
    const { refresh } = await wire.tokensOf(visitor)
    const fields = {
      grant_type: 'refresh_token',
      refresh_token: refresh,
      client_id: 'guide-social',
      client_secret: clientSecret,
    }
    expect((await wire.post('/token', fields)).body['error']).toBe('invalid_request')
    const address = at('/token')
    address.search = new URLSearchParams(fields).toString()
    const inAddress = await fetch(address, {
      method: 'POST',
      headers: { accept: 'application/json' },
    })
    expect([400, 401]).toContain(inAddress.status)
    expect((await wire.post('/token', fields, { secret: null })).status).toBe(200)
  })

  test('not with an assertion nobody registered a key for', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const shared = Buffer.from(clientSecret)
    const assertion = (key: Parameters<SignJWT['sign']>[0], alg: string) =>
      new SignJWT({})
        .setProtectedHeader({ alg })
        .setIssuer('guide-social')
        .setSubject('guide-social')
        .setAudience(myanm.issuer.origin)
        .setJti('once')
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(key)
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(
      JSON.stringify({ iss: 'guide-social', sub: 'guide-social', aud: myanm.issuer.origin }),
    ).toString('base64url')}.`
    const { refresh } = await wire.tokensOf(visitor)
    for (const client_assertion of [
      none,
      await assertion(privateKey, 'ES256'),
      await assertion(shared, 'HS256'),
    ]) {
      const { status, body } = await wire.post(
        '/token',
        {
          grant_type: 'refresh_token',
          refresh_token: refresh,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion,
        },
        { secret: null },
      )
      expect([status, body['error']]).toEqual([401, 'invalid_client'])
    }
  })
})

describe('revoking', () => {
  test('ends an access token with all that came of the same sign-in', async () => {
    const tokens = await wire.tokensOf(visitor)
    const revoked = await wire.post('/revoke', { token: tokens.access })
    expect(revoked.status).toBe(200)
    expect((await wire.userinfo(tokens.access)).status).toBe(401)
    expect((await wire.refresh(tokens.refresh)).status).toBe(400)
  })

  test('of a refresh token ends its access tokens', async () => {
    const tokens = await wire.tokensOf(visitor)
    const hint = { token: tokens.refresh, token_type_hint: 'access_token' }
    expect((await wire.post('/revoke', hint)).status).toBe(200)
    expect((await wire.userinfo(tokens.access)).status).toBe(401)
    expect(await wire.introspect(tokens.refresh)).toEqual({ active: false })
  })

  test('is not for tokens of another client (RFC 7009 §2.1)', async () => {
    const tokens = await wire.tokensOf(visitor)
    for (const token of [tokens.access, tokens.refresh]) {
      const { status, body } = await wire.post('/revoke', { token }, { client: 'monasbl' })
      expect([status, body['error']]).toEqual([400, 'invalid_request'])
    }
    const unknown = await wire.post('/revoke', { token: 'unknown-token-of-nobody' })
    expect([unknown.status, unknown.text]).toEqual([200, ''])
    expect((await wire.userinfo(tokens.access)).status).toBe(200)
    expect((await wire.refresh(tokens.refresh)).status).toBe(200)
  })
})

describe('a pushed request', () => {
  const push = async () => {
    const { url, verifier } = wire.request()
    const { status, body } = await wire.post('/par', new URLSearchParams(url.search))
    expect(status).toBe(201)
    expect(body['expires_in']).toBeLessThanOrEqual(60)
    return { verifier, requestUri: String(body['request_uri']) }
  }
  const use = (requestUri: string, client = 'guide-social') => {
    const url = at('/authorize')
    url.search = new URLSearchParams({ client_id: client, request_uri: requestUri }).toString()
    return url
  }

  test('leads to a code once, whoever is quick', async () => {
    const { requestUri, verifier } = await push()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => visitor.request(use(requestUri))),
    )
    const codes = answers
      .map(({ headers }) => headers.get('location'))
      .filter((location): location is string => location?.includes('code=') ?? false)
    expect(codes).toHaveLength(1)
    const code = new URL(codes[0] ?? '').searchParams.get('code') ?? ''
    expect((await wire.redeem({ code, verifier })).status).toBe(200)
    const again = await visitor.request(use(requestUri))
    expect(again.headers.get('location') ?? '').not.toContain('code=')
  })

  test('is the asking client’s, and ends after a minute', async () => {
    const { requestUri } = await push()
    const foreign = await visitor.request(use(requestUri, 'monasbl'))
    expect(foreign.headers.get('location') ?? '').not.toContain('code=')
    await query(
      database,
      "update oidc_artefact set expires_at = now() where kind = 'PushedAuthorizationRequest'",
    )
    const late = await visitor.request(use(requestUri))
    expect(late.headers.get('location') ?? '').not.toContain('code=')
  })

  test('serves somebody who has to sign in first', async () => {
    const { requestUri, verifier } = await push()
    const person = newVisitor()
    await person.go(use(requestUri))
    const page = await typeCredentials(person, 'lecteur')
    const code = page.url.searchParams.get('code') ?? ''
    expect((await wire.redeem({ code, verifier })).status).toBe(200)
  })
})

describe('a token bound to a key (DPoP)', () => {
  const tokenUrl = () => at('/token')

  async function boundToken() {
    const holder = await newHolder()
    const code = await wire.newCode(visitor)
    const proof = await holder.prove({ method: 'POST', url: tokenUrl() })
    const { status, body } = await wire.redeem(code, { headers: { DPoP: proof } })
    expect([status, body['token_type']]).toEqual([200, 'DPoP'])
    return { holder, token: String(body['access_token']) }
  }

  const show = async (token: string, proof: string | null, scheme = 'DPoP') =>
    (
      await fetch(at('/userinfo'), {
        headers: {
          accept: 'application/json',
          authorization: `${scheme} ${token}`,
          ...(proof !== null && { DPoP: proof }),
        },
      })
    ).status

  test('opens nothing without a proof, or with that of somebody else', async () => {
    const { holder, token } = await boundToken()
    const request = { method: 'GET', url: at('/userinfo'), token }
    expect(await show(token, null)).toBeGreaterThanOrEqual(400)
    expect(await show(token, null, 'Bearer')).toBe(401)
    const thief = await newHolder()
    expect(await show(token, await thief.prove(request))).toBe(401)
    const now = Math.floor(Date.now() / 1000)
    const bent = [
      { htm: 'POST' },
      { htu: at('/token').href },
      { htu: 'https://evil.example/userinfo' },
      { ath: 'x'.repeat(43) },
      { ath: undefined },
      { iat: now - 3600 },
      { iat: now + 3600 },
      { jti: undefined },
    ]
    for (const changes of bent) {
      expect([400, 401]).toContain(await show(token, await holder.prove(request, changes)))
    }
    expect(await show(token, await holder.prove(request))).toBe(200)
    expect((await wire.introspect(token))['cnf']).toEqual({ jkt: expect.any(String) })
  })

  test('is not accepted by an interface that asks no proof', async () => {
    const { token } = await boundToken()
    const { status } = await fetch(at('/api/equipe'), {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    })
    expect(status).toBe(401)
  })

  test('takes a proof once, in a row or at once', async () => {
    const { holder, token } = await boundToken()
    const request = { method: 'GET', url: at('/userinfo'), token }
    const proof = await holder.prove(request)
    expect(await show(token, proof)).toBe(200)
    expect([400, 401]).toContain(await show(token, proof))
    const other = await holder.prove(request)
    const answers = await Promise.all(Array.from({ length: 20 }, () => show(token, other)))
    expect(answers.filter((status) => status === 200)).toHaveLength(1)
    expect(answers.filter((status) => status >= 500)).toHaveLength(0)
  })

  test('is asked for with a fresh proof, once', async () => {
    const holder = await newHolder()
    const proof = await holder.prove({ method: 'POST', url: tokenUrl() })
    const codes = [await wire.newCode(visitor), await wire.newCode(visitor)] as const
    const headers = { DPoP: proof }
    expect((await wire.redeem(codes[0], { headers })).status).toBe(200)
    const again = await wire.redeem(codes[1], { headers })
    expect(again.status).toBe(400)
  })
})

describe('one thing is not taken for another', () => {
  test('no token, code or cookie opens a door that is not its own', async () => {
    const tokens = await wire.tokensOf(visitor)
    const { code } = await wire.newCode(visitor)
    const [cookie] = (await visitor.jar.getCookies(myanm.issuer.href)).filter(
      ({ key }) => key === 'myanm',
    )
    const session = cookie?.value ?? ''
    expect(session).not.toBe('')
    const things = {
      access: tokens.access,
      refresh: tokens.refresh,
      id: tokens.id,
      code,
      session,
      secret: clientSecret,
    }
    const doors: Record<
      string,
      { opens: readonly string[]; try(value: string): Promise<boolean> }
    > = {
      userinfo: {
        opens: ['access'],
        try: async (value) => (await wire.userinfo(value)).status === 200,
      },
      team: {
        opens: ['access'],
        try: async (value) => {
          const headers = { authorization: `Bearer ${value}`, accept: 'application/json' }
          return (await fetch(at('/api/equipe'), { headers })).status === 200
        },
      },
      introspection: {
        opens: ['access', 'refresh'],
        try: async (value) => (await wire.introspect(value))['active'] === true,
      },
      'the token endpoint, as a code': {
        opens: [],
        try: async (value) =>
          (await wire.redeem({ code: value, verifier: 'v'.repeat(43) })).status === 200,
      },
      'sign-out, as a proof': {
        opens: ['id'],
        try: async (value) => {
          const url = at('/logout')
          url.searchParams.set('id_token_hint', value)
          const { status } = await visitor.request(url)
          return status !== 400
        },
      },
      'the token endpoint, as a refresh token': {
        opens: ['refresh'],
        try: async (value) => (await wire.refresh(value)).status === 200,
      },
    }
    for (const [door, { opens, try: attempt }] of Object.entries(doors)) {
      for (const [name, value] of Object.entries(things)) {
        if (door.startsWith('sign-out') && name === 'id') continue
        expect([door, name, await attempt(value)]).toEqual([door, name, opens.includes(name)])
      }
    }
  })

  test('a forged id_token proves nothing', async () => {
    const { id } = await wire.tokensOf(visitor)
    const { keys } = await keySet()
    const header = decodeProtectedHeader(id)
    const own = keys.find(({ kid }) => kid === header.kid) as JWK
    const rsa = keys.find(({ kty }) => kty === 'RSA') as JWK
    const [, payload = '', signature = ''] = id.split('.')
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const hmac = (alg: string, key: string) => {
      const head = encode({ ...header, alg })
      const mac = createHmac('sha256', key).update(`${head}.${payload}`).digest('base64url')
      return `${head}.${payload}.${mac}`
    }
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
    const spki = await exportSPKI(
      (await importJWK(own, 'ES256')) as Parameters<typeof exportSPKI>[0],
    )
    const claims = decodeJwt(id)
    const signed = (head: object) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', ...head } as { alg: string })
        .sign(privateKey)
    const stranger = await exportJWK(publicKey)
    const forgeries = [
      `${encode({ ...header, alg: 'none' })}.${payload}.`,
      `${encode({ ...header, alg: 'NONE' })}.${payload}.${signature}`,
      hmac('HS256', spki),
      hmac('HS256', JSON.stringify(own)),
      hmac('HS256', JSON.stringify(rsa)),
      hmac('HS256', clientSecret),
      `${encode(header)}.${encode({ ...claims, sub: 'someone-else' })}.${signature}`,
      `${encode(header)}.${encode({ ...claims, aud: 'monasbl' })}.${signature}`,
      `${encode(header)}.${payload}.`,
      `${encode(header)}.${payload}.${'A'.repeat(signature.length)}`,
      `${encode({ alg: 'ES256', kid: '../../dev/null' })}.${payload}.${signature.replace(/^./, 'x')}`,
      await signed({ kid: header.kid }),
      await signed({ kid: "' or 1=1 --" }),
      await signed({ jwk: stranger }),
      await signed({ jku: 'https://evil.example/jwks', kid: header.kid }),
      await signed({ x5u: 'https://evil.example/cert' }),
      'not.a.token',
      '..',
    ]
    for (const forgery of forgeries) {
      const url = at('/logout')
      url.searchParams.set('id_token_hint', forgery)
      expect((await visitor.request(url)).status).toBe(400)
      const asking = wire.request('guide-social', { id_token_hint: forgery, prompt: 'none' }).url
      const page = await visitor.request(asking)
      expect(page.headers.get('location') ?? '').not.toContain('code=')
    }
    expect((await wire.newCode(visitor)).code).not.toBe('')
  })
})

describe('a request that comes by POST', () => {
  test('to sign in is asked again by GET, and works', async () => {
    const { url } = wire.request()
    const page = await visitor.post(at('/authorize'), new URLSearchParams(url.search), {
      origin: 'http://localhost:9999',
      'sec-fetch-site': 'cross-site',
    })
    expect(page.url.searchParams.get('code')).toEqual(expect.any(String))
    expect(page.url.href.startsWith(CALLBACK)).toBe(true)
    const stranger = await newVisitor().post(at('/authorize'), new URLSearchParams(url.search))
    expect(stranger.url.pathname).toMatch(/^\/connexion\//)
  })

  test('to sign out is asked again by GET, and asks', async () => {
    const page = await visitor.post(at('/logout'), { state: 'x' })
    expect(page.status).toBe(200)
    expect(page.text).toContain('Se déconnecter de tous les sites')
    expect((await visitor.go(at('/compte'))).status).toBe(200)
  })
})
