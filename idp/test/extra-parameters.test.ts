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
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { HELD } from '../src/retention/map/index.ts'
import { CANARY, everyColumn } from './stage/every-column.ts'
import { type Answer, answerOf, basic, onTheWire, type Wire } from './stage/wire.ts'

// The endpoints programs call, each sent a field for every column there is and for every word a token, a
// claim or a standard has (yardsticks F42): what they tell is what they tell without. The person acts for
// one organisation, as COLLABORATEUR, and is RESPONSABLE of the other, which the fields name.

const FORM = 'application/x-www-form-urlencoded'

let database: TestDatabase
let myanm: TestIdp
let wire: Wire
let visitor: Visitor
/** Of somebody else, at the same site. */
let theirs: { readonly access: string; readonly refresh: string }
let named: readonly Field[]

type Field = readonly [name: string, value: string]
type Fields = Readonly<Record<string, string>>

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  wire = onTheWire(myanm.issuer)
  const signIn = (login: string) => signInAs(myanm.issuer, login, { client: 'guide-social' })
  visitor = (await signIn('multi')).visitor
  theirs = await wire.tokensOf((await signIn('voisin')).visitor)
  named = await everyName()
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

/** A field for each column of ours, and for what tokens and standards say of people and of sites. */
async function everyName(): Promise<readonly Field[]> {
  const account = myanm.accounts.get('voisin') ?? ''
  const organisation = myanm.organisations.get('passage') ?? ''
  const { sub } = await wire.introspect(theirs.access)
  const said: Fields = {
    ...{ sub: String(sub), username: 'voisin', account, account_id: account, accountId: account },
    ...{ organisation, organisation_id: organisation, org: `{"id":"${organisation}"}` },
    ...{ 'org[id]': organisation, 'org.role': 'GESTIONNAIRE', contexte: organisation },
    ...{
      role: 'GESTIONNAIRE',
      roles: 'GESTIONNAIRE',
      minimum_role: 'LECTEUR',
      bilan: 'conseiller',
    },
    ...{ acr: 'urn:myanm:aal:2', amr: 'mfa', acr_values: 'urn:myanm:aal:2', auth_time: '7' },
    ...{ claims: '{"userinfo":{"email":null}}', scope: 'openid email compte organisation bilan' },
    ...{
      rights_version: '7',
      kind: 'RefreshToken',
      active: 'true',
      options: CANARY,
      state: 'active',
    },
    ...{
      aud: 'urn:myanm:resource-server',
      audience: CANARY,
      iss: CANARY,
      azp: 'bilan',
      sid: CANARY,
    },
    ...{ exp: '1935939905', iat: '7', nbf: '7', jti: CANARY, expires_in: '9999999', cnf: CANARY },
    ...{ grantId: CANARY, grant_id: CANARY, clientId: 'bilan', gty: 'client_credentials' },
    ...{ requested_subject: account, actor_token: theirs.access, subject_token: theirs.access },
    ...{
      assertion: CANARY,
      device_code: CANARY,
      auth_req_id: CANARY,
      act: CANARY,
      may_act: CANARY,
    },
    ...{ expiresWithSession: 'false', first_party: 'true', sector: 'bilan', policy: CANARY },
    ...{ 'constructor[prototype][role]': 'GESTIONNAIRE', 'scope[]': 'bilan', hasOwnProperty: '1' },
  }
  const columns = await everyColumn(database, { account, organisation })
  return [...Object.entries({ ...columns, ...said }), ['__proto__', CANARY]]
}

/** What an endpoint does not ask for. */
const except = (...asked: string[]): readonly Field[] =>
  named.filter(([name]) => !asked.includes(name))

const inOne = (...fields: readonly Field[][]): URLSearchParams =>
  new URLSearchParams(fields.flat().map(([name, value]): [string, string] => [name, value]))

/** As many as an address has room for, and then the next. */
const inAddresses = (fields: readonly Field[]): URLSearchParams[] =>
  Array.from({ length: Math.ceil(fields.length / 100) }, (_, page) =>
    inOne(fields.slice(page * 100, (page + 1) * 100)),
  )

/** With its times as how long it lasts: to the hour, whatever the moment. */
function lasting(told: Readonly<Record<string, unknown>>) {
  const { iat, exp, ...rest } = told
  return { ...rest, hours: Math.round((Number(exp) - Number(iat)) / 3600) }
}

/** All that a site learns from an answer with tokens, and what it may do with them. */
async function toldBy({ status, body }: Answer) {
  const { access_token: access, refresh_token: refresh, id_token: id, expires_in, ...rest } = body
  const part = String(id).split('.')[1] ?? ''
  const { at_hash, ...claims } = JSON.parse(Buffer.from(part, 'base64url').toString())
  return {
    ...{ status, rest, isHashed: typeof at_hash === 'string', lasts: Number(expires_in) <= 600 },
    claims: lasting(claims),
    access: lasting(await wire.introspect(String(access))),
    refresh: lasting(await wire.introspect(String(refresh))),
    abroad: lasting(await wire.introspect(String(access), 'resource-server')),
    userinfo: (await wire.userinfo(String(access))).body,
    team: await teamOf(String(access)),
  }
}

async function teamOf(token: string, search = ''): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
  const { status, body } = await answerOf(
    await fetch(new URL(`/api/equipe${search}`, myanm.issuer), { headers }),
  )
  return { status, body }
}

const redemptionOf = (code: { code: string; verifier: string }): Field[] =>
  Object.entries({
    grant_type: 'authorization_code',
    ...{ code: code.code, code_verifier: code.verifier, redirect_uri: CALLBACK },
  })

const OF_CLIENTS = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type']

describe('what programs send beside what is asked (F42)', () => {
  let plain: Awaited<ReturnType<typeof toldBy>>

  beforeAll(async () => {
    plain = await toldBy(await wire.redeem(await wire.newCode(visitor)))
    expect(plain).toMatchObject({
      status: 200,
      claims: { org: { id: myanm.organisations.get('tilleuls'), role: 'COLLABORATEUR' } },
      access: { active: true, client_id: 'guide-social', hours: 0 },
      refresh: { active: true },
      userinfo: { email: 'multi@exemple.be', org: { role: 'COLLABORATEUR' } },
      team: { status: 200 },
    })
  })

  test('for a code gives the same tokens', async () => {
    const asked = redemptionOf(await wire.newCode(visitor))
    const more = except(...asked.map(([name]) => name), ...OF_CLIENTS, 'resource')
    expect(more.length).toBeGreaterThan(150)
    expect(await toldBy(await wire.post('/token', inOne([...more], asked)))).toEqual(plain)
  })

  test('for a refresh token gives the same tokens', async () => {
    const [first, second] = [await wire.tokensOf(visitor), await wire.tokensOf(visitor)]
    const asked = Object.entries({ grant_type: 'refresh_token', refresh_token: second.refresh })
    const more = except('grant_type', 'refresh_token', ...OF_CLIENTS, 'resource', 'scope')
    const renewed = await toldBy(await wire.refresh(first.refresh))
    expect(renewed).toMatchObject({ status: 200, access: plain.access })
    expect(await toldBy(await wire.post('/token', inOne([...more], asked)))).toEqual(renewed)
  })

  test('about a token is told the same, in the usual way and in another', async () => {
    const { access, refresh } = await wire.tokensOf(visitor)
    const more = except('token', 'token_type_hint', ...OF_CLIENTS)
    for (const client of ['guide-social', 'resource-server', 'monasbl']) {
      for (const token of [access, refresh, theirs.access, 'nobodys-token-0123456789']) {
        const alone = await wire.introspect(token, client)
        const usual = await wire.post('/introspect', inOne([...more], [['token', token]]), {
          client,
        })
        const proof: Field[] = [
          ['client_id', client],
          ['client_secret', clientSecret],
        ]
        const unusual = await wire.post(
          '/introspect',
          inOne([...more], [['token', token]], proof),
          { secret: null },
        )
        expect([usual.status, usual.body]).toEqual([200, alone])
        expect([unusual.status, unusual.body]).toEqual([200, alone])
      }
    }
  })

  test('about a person is told the same', async () => {
    const { access } = await wire.tokensOf(visitor)
    const { body } = await wire.userinfo(access)
    const more = except('access_token', 'scope')
    const posted = await wire.post('/userinfo', inOne([...more], [['access_token', access]]), {
      secret: null,
    })
    expect([posted.status, posted.body]).toEqual([200, body])
    const headers = { authorization: `Bearer ${access}` }
    for (const address of inAddresses(more)) {
      const told = await answerOf(
        await fetch(new URL(`/userinfo?${address}`, myanm.issuer), { headers }),
      )
      expect([told.status, told.body]).toEqual([200, body])
    }
  })

  test('about a team is told the same', async () => {
    const { access } = await wire.tokensOf(visitor)
    for (const address of inAddresses(except('sub', 'role', 'suite'))) {
      expect(await teamOf(access, `?${address}`)).toEqual(plain.team)
    }
    // Asked for by name, somebody of another team is nobody.
    const { sub } = Object.fromEntries(named)
    expect(await teamOf(access, `?sub=${sub}`)).toMatchObject({
      status: 200,
      body: { members: [] },
    })
  })

  test('with a token that ends, ends nothing of anybody else', async () => {
    const { access } = await wire.tokensOf(visitor)
    const more = except('token', 'token_type_hint', ...OF_CLIENTS)
    for (const token of ['nobodys-token-0123456789', access]) {
      const answer = await wire.post('/revoke', inOne([...more], [['token', token]]))
      expect([answer.status, answer.text]).toEqual([200, ''])
    }
    expect(await wire.introspect(access)).toEqual({ active: false })
    for (const token of [theirs.access, theirs.refresh]) {
      expect(await wire.introspect(token)).toMatchObject({ active: true })
    }
  })

  test('of a request leads to the same sign-in, pushed or not', async () => {
    const { url, verifier } = wire.request()
    const asked = [...url.searchParams]
    const more = except(...asked.map(([name]) => name), ...ASKED_OF_REQUESTS)
    const pushed = await wire.post('/par', inOne([...more], asked))
    expect(pushed.status).toBe(201)
    const shown = new URL('/authorize', myanm.issuer)
    shown.search = inOne([
      ['client_id', 'guide-social'],
      ['request_uri', String(pushed.body['request_uri'])],
    ]).toString()
    const page = await visitor.go(shown)
    const code = String(page.url.searchParams.get('code'))
    expect(await toldBy(await wire.redeem({ code, verifier }))).toEqual(plain)

    for (const address of inAddresses(more)) {
      const direct = await wire.newCode(visitor, 'guide-social', Object.fromEntries(address))
      expect(await toldBy(await wire.redeem(direct))).toEqual(plain)
    }
  })

  test('leaves nothing of it anywhere', async () => {
    for (const table of Object.keys(HELD)) {
      const rows = await query(
        database,
        `select from ${table} t where position($1 in t::text) > 0 limit 1`,
        [CANARY],
      )
      expect([table, rows.length]).toEqual([table, 0])
    }
  })
})

/** What a request for a sign-in may say. */
const ASKED_OF_REQUESTS = [
  ...OF_CLIENTS,
  ...'response_mode nonce prompt max_age login_hint id_token_hint acr_values claims claims_locales'.split(
    ' ',
  ),
  ...'ui_locales display request request_uri resource registration dpop_jkt organisation'.split(
    ' ',
  ),
  ...['minimum_role', 'page', 'profil', 'state', 'scope'],
]

describe('more than one has, asked for by its right name,', () => {
  test.each<[path: string, more: Fields, error: string]>([
    ['/token', { client_id: 'monasbl' }, 'invalid_request'],
    ['/token', { client_secret: 'x' }, 'invalid_request'],
    ['/token', { client_assertion: 'eyJhbGciOiJub25lIn0.e30.' }, 'invalid_request'],
    ['/token', { redirect_uri: 'https://evil.example' }, 'invalid_grant'],
    ['/token', { resource: 'urn:nobody' }, 'invalid_target'],
    ['/refresh', { scope: 'openid bilan offline_access' }, 'invalid_scope'],
    ['/refresh', { client_id: 'monasbl' }, 'invalid_request'],
    ['/introspect', { client_id: 'resource-server' }, 'invalid_request'],
    ['/introspect', { client_secret: 'x' }, 'invalid_request'],
    ['/introspect', { client_assertion: 'x' }, 'invalid_request'],
    ['/revoke', { client_id: 'monasbl' }, 'invalid_request'],
    ['/par', { client_id: 'monasbl' }, 'invalid_request'],
    ['/par', { redirect_uri: 'https://evil.example' }, 'invalid_request'],
    ['/par', { response_type: 'code token' }, 'unsupported_response_type'],
    ['/par', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'request_uri_not_supported'],
    ['/userinfo', { scope: 'openid bilan' }, 'insufficient_scope'],
  ])('%s is refused %j', async (path, more, error) => {
    const { access, refresh } = await wire.tokensOf(visitor)
    const sound: Record<string, Fields> = {
      '/token': Object.fromEntries(redemptionOf(await wire.newCode(visitor))),
      '/refresh': { grant_type: 'refresh_token', refresh_token: refresh },
      '/introspect': { token: access },
      '/revoke': { token: access },
      '/par': Object.fromEntries(wire.request().url.searchParams),
      '/userinfo': { access_token: access },
    }
    const answer = await wire.post(
      path === '/refresh' ? '/token' : path,
      { ...sound[path], ...more },
      path === '/userinfo' ? { secret: null } : {},
    )
    expect([answer.status >= 400 && answer.status < 500, answer.body['error']]).toEqual([
      true,
      error,
    ])
    expect(Object.keys(answer.body).filter((name) => /token|sub|active/.test(name))).toEqual([])
  })
})

describe('a parameter no program sends so (F37)', () => {
  const ENDPOINTS: Readonly<Record<string, string>> = {
    '/token': `grant_type code code_verifier redirect_uri ${OF_CLIENTS.join(' ')}`,
    '/token again': `grant_type refresh_token scope ${OF_CLIENTS.join(' ')}`,
    '/introspect': 'token token_type_hint client_id client_secret client_assertion',
    '/introspect otherwise': `token token_type_hint ${OF_CLIENTS.join(' ')}`,
    '/revoke': `token token_type_hint ${OF_CLIENTS.join(' ')}`,
    '/par': `redirect_uri response_type code_challenge code_challenge_method ${ASKED_OF_REQUESTS.join(' ')}`,
    '/userinfo': 'access_token scope',
  }

  /** A request each of them answers, made now: a code lives a minute. */
  async function soundAt(endpoint: string): Promise<Fields> {
    const { access, refresh } = await wire.tokensOf(visitor)
    switch (endpoint) {
      case '/token':
        return Object.fromEntries(redemptionOf(await wire.newCode(visitor)))
      case '/token again':
        return { grant_type: 'refresh_token', refresh_token: refresh }
      case '/introspect otherwise':
        return { client_id: 'guide-social', client_secret: clientSecret, token: access }
      case '/par':
        return Object.fromEntries(wire.request().url.searchParams)
      case '/userinfo':
        return { access_token: access }
      default:
        return { token: access }
    }
  }

  const send = async (endpoint: string, body: string): Promise<Answer> => {
    const isOwnProof = /userinfo|otherwise/.test(endpoint)
    const response = await fetch(new URL(endpoint.split(' ')[0] ?? '', myanm.issuer), {
      method: 'POST',
      headers: {
        'content-type': FORM,
        ...(!isOwnProof && { authorization: basic('guide-social', clientSecret) }),
      },
      body,
    })
    return answerOf(response)
  }

  const without = (sound: Fields, left: string): string =>
    inOne(Object.entries(sound).filter(([name]) => name !== left)).toString()

  /** What was refused has used nothing up. */
  async function expectSound(endpoint: string, sound: Fields): Promise<void> {
    const { status } = await send(endpoint, without(sound, ''))
    expect(status).toBe(endpoint === '/par' ? 201 : 200)
  }

  test.each(Object.keys(ENDPOINTS))('at %s, twice, is refused', async (endpoint) => {
    const sound = await soundAt(endpoint)
    for (const name of ENDPOINTS[endpoint]?.split(' ') ?? []) {
      // Several may be asked for (RFC 8707 §2); what is not known here is not looked at.
      if (name === 'resource' || name === 'claims_locales') continue
      const once: Field = [name, sound[name] ?? 'x']
      const sent = `${without(sound, name)}&${inOne([once, once])}`
      const { status, body } = await send(endpoint, sent)
      expect([name, status, body['error']]).toEqual([name, 400, 'invalid_request'])
    }
    await expectSound(endpoint, sound)
  })

  test.each(Object.keys(ENDPOINTS))(
    'at %s, with a NUL byte in it, is refused',
    async (endpoint) => {
      const sound = await soundAt(endpoint)
      for (const name of ['anything', ...(ENDPOINTS[endpoint]?.split(' ') ?? [])]) {
        const { status } = await send(endpoint, `${without(sound, name)}&${name}=a%00b`)
        expect([name, status]).toEqual([name, 400])
      }
      await expectSound(endpoint, sound)
    },
  )

  test.each(Object.keys(ENDPOINTS))('at %s, in no known writing, is refused', async (endpoint) => {
    const sound = await soundAt(endpoint)
    const whole = without(sound, '')
    for (const broken of ['a%00=b', 'a=%ed%a0%80', 'a=%ff%fe', 'a=%c0%80', 'a=%zz', 'a=%']) {
      const { status } = await send(endpoint, `${whole}&${broken}`)
      expect([broken, status]).toEqual([broken, 400])
    }
    await expectSound(endpoint, sound)
  })

  test.each(Object.keys(ENDPOINTS))('at %s, as a list, is none', async (endpoint) => {
    const sound = await soundAt(endpoint)
    for (const name of Object.keys(sound)) {
      const left = without(sound, name)
      const [listed, missing] = [
        await send(endpoint, `${left}&${name}[]=a&${name}[x]=b`),
        await send(endpoint, left),
      ]
      expect([name, listed.status]).toEqual([name, missing.status])
      expect([name, listed.status < 500]).toEqual([name, true])
    }
  })

  test('in claims, escaped where no door sees it, is refused', async () => {
    for (const claims of [
      '{"id_token":{"sub":"x"}}',
      '{"id_token":{"sub":{"value":"a\\u0000b"}}}',
      '{"id_token":{"acr":{"value":"a\\u0000b"}}}',
      '{"id_token":{"acr":{"values":["\\ud800"]}}}',
      '{"id_token":{"auth_time":{"value":"a\\u0000b"}}}',
      `{"id_token":{"acr":{"values":${'['.repeat(1000)}${']'.repeat(1000)}}}}`,
    ]) {
      for (const browser of [visitor, newVisitor()]) {
        const page = await browser.go(wire.request('guide-social', { claims }).url)
        const told = page.url.searchParams.get('error')
        expect([claims, page.status, told]).toEqual([claims, 303, 'invalid_request'])
      }
      const { status } = await wire.post(
        '/par',
        inOne([...wire.request().url.searchParams, ['claims', claims]]),
      )
      expect([claims, status]).toEqual([claims, 400])
    }
  })

  test('asked about a team, too', async () => {
    const { access } = await wire.tokensOf(visitor)
    for (const asked of [
      'sub=a&sub=b',
      'role=a',
      'role=__proto__',
      'suite=%00',
      'sub=%ff',
      'suite=x',
    ]) {
      expect([asked, await teamOf(access, `?${asked}`)]).toMatchObject([asked, { status: 400 }])
    }
  })
})
