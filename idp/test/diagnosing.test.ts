import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  CALLBACK,
  client,
  clientSecret,
  newVisitor,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { type Answer, onTheWire, type Wire } from './stage/wire.ts'

const HOME = 'http://localhost:9999'

let database: TestDatabase
let myanm: TestIdp
let wire: Wire
let visitor: Visitor

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({
    database,
    clients: [
      client({ id: 'guide-social', name: 'Guide Social', kind: 'site', home: HOME }),
      client({ id: 'monasbl', name: 'MonASBL', kind: 'site', home: HOME }),
      client({ id: 'bilan', name: 'Mon bilan en ligne', kind: 'site', home: HOME }),
      client({ id: 'partner', name: 'Site partenaire' }),
    ],
  })
  wire = onTheWire(myanm.issuer)
  visitor = newVisitor()
  await visitor.go(wire.request().url)
  await typeCredentials(visitor, 'lecteur')
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const basic = (id: string, secret = clientSecret) =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

/** What the developers of a site read behind a reference. */
async function read(uri: string, id = 'guide-social', secret = clientSecret) {
  const response = await fetch(uri, {
    headers: { accept: 'application/json', authorization: basic(id, secret) },
  })
  const body = response.status === 200 ? ((await response.json()) as Record<string, unknown>) : {}
  return { status: response.status, body }
}

/** The reference on the page of whoever was stopped, or the address the site was sent. */
function pageOf(page: { url: URL; text: string }): string {
  const sent =
    page.url.searchParams.get('error_uri') ??
    new URLSearchParams(page.url.hash.slice(1)).get('error_uri')
  if (sent) return sent
  const reference = /[0-9A-Z]{4}-[0-9A-Z]{2}/.exec(page.text)?.[0] ?? 'none'
  return new URL(`/developpeurs/${reference}`, myanm.issuer).href
}

const asked = async (change: (url: URL) => void, id = 'guide-social') => {
  const { url } = wire.request(id)
  change(url)
  return pageOf(await newVisitor().go(url))
}
const set = (name: string, value: string) => (url: URL) => url.searchParams.set(name, value)
const drop = (name: string) => (url: URL) => url.searchParams.delete(name)

const askedSignedIn = async (change: (url: URL) => void) => {
  const { url } = wire.request()
  change(url)
  return pageOf(await visitor.go(url))
}

const told = (answer: Answer): string => String(answer.body['error_uri'])

const exchange = async (fields: Readonly<Record<string, string>>, as: object = {}) =>
  told(await wire.post('/token', fields, as))

const code = async () => {
  const pending = await wire.newCode(visitor)
  return {
    grant_type: 'authorization_code',
    redirect_uri: CALLBACK,
    code: pending.code,
    code_verifier: pending.verifier,
  }
}

/** Everything a site’s developers get wrong, and what they should read. */
const FAILURES: readonly (readonly [string, string, () => Promise<string>])[] = [
  ...['/', '?a=b', '#x', 'x'].map(
    (end) =>
      [
        `redirect_uri with ${end} at its end`,
        'redirect-uri',
        () => asked(set('redirect_uri', CALLBACK + end)),
      ] as const,
  ),
  [
    'redirect_uri in capitals',
    'redirect-uri',
    () => asked(set('redirect_uri', CALLBACK.toUpperCase())),
  ],
  [
    'redirect_uri by https',
    'redirect-uri',
    () => asked(set('redirect_uri', CALLBACK.replace('http', 'https'))),
  ],
  [
    'redirect_uri of another port',
    'redirect-uri',
    () => asked(set('redirect_uri', CALLBACK.replace('9999', '9998'))),
  ],
  [
    'redirect_uri of another host',
    'redirect-uri',
    () => asked(set('redirect_uri', 'https://evil.example/')),
  ],
  ['no redirect_uri', 'parameter-missing', () => asked(drop('redirect_uri'))],
  ['no response_type', 'parameter-missing', () => asked(drop('response_type'))],
  ['response_type=token', 'response-type', () => asked(set('response_type', 'token'))],
  ['response_type=id_token', 'response-type', () => asked(set('response_type', 'id_token'))],
  ['response_type=nonsense', 'response-type', () => asked(set('response_type', 'nonsense'))],
  ['a scope the site does not have', 'scope', () => asked(set('scope', 'openid bilan'))],
  [
    'no code_challenge',
    'pkce-missing',
    () =>
      asked((url) =>
        [drop('code_challenge'), drop('code_challenge_method')].forEach((change) => change(url)),
      ),
  ],
  [
    'code_challenge_method=plain',
    'pkce-method',
    () => asked(set('code_challenge_method', 'plain')),
  ],
  ['a code_challenge that is none', 'pkce-verifier', () => asked(set('code_challenge', 'court'))],
  ['prompt=none when signed out', 'silent', () => asked(set('prompt', 'none'))],
  ['prompt=none with another', 'prompt', () => asked(set('prompt', 'none login'))],
  ['prompt=nonsense', 'prompt', () => asked(set('prompt', 'nonsense'))],
  ['an id_token_hint that is none', 'id-token-hint', () => asked(set('id_token_hint', 'a.b.c'))],
  [
    'a request_uri never issued',
    'request-uri',
    () => asked(set('request_uri', 'urn:ietf:params:oauth:request_uri:inconnu')),
  ],
  ['a resource nobody serves', 'resource', () => askedSignedIn(set('resource', 'urn:inconnu'))],
  [
    'a level nobody can reach',
    'level',
    () =>
      asked(set('claims', JSON.stringify({ id_token: { acr: { essential: true, value: 'or' } } }))),
  ],
  [
    'a code nobody issued',
    'code-unknown',
    async () => exchange({ ...(await code()), code: 'x'.repeat(43) }),
  ],
  [
    'a code exchanged twice',
    'code-used',
    async () => {
      const fields = await code()
      await wire.post('/token', fields)
      return exchange(fields)
    },
  ],
  [
    'a code that has expired',
    'code-expired',
    async () => {
      const fields = await code()
      await query(
        database,
        "update oidc_artefact set expires_at = now() - interval '1 second' where kind = 'AuthorizationCode' and consumed_at is null",
      )
      return exchange(fields)
    },
  ],
  [
    'another redirect_uri at the exchange',
    'code-redirect-uri',
    async () => exchange({ ...(await code()), redirect_uri: `${CALLBACK}/` }),
  ],
  [
    'another code_verifier',
    'pkce-verifier',
    async () => exchange({ ...(await code()), code_verifier: 'v'.repeat(43) }),
  ],
  [
    'no code_verifier',
    'pkce-verifier',
    async () => {
      const { code_verifier: _, ...fields } = await code()
      return exchange(fields)
    },
  ],
  [
    'no code',
    'parameter-missing',
    async () => exchange({ grant_type: 'authorization_code', redirect_uri: CALLBACK }),
  ],
  ['no grant_type', 'parameter-missing', () => exchange({ code: 'x' })],
  [
    'grant_type=password',
    'grant-type',
    () => exchange({ grant_type: 'password', username: 'a', password: 'b' }),
  ],
  [
    'grant_type=client_credentials',
    'grant-type',
    () => exchange({ grant_type: 'client_credentials' }),
  ],
  [
    'a refresh token nobody issued',
    'refresh-unknown',
    () => exchange({ grant_type: 'refresh_token', refresh_token: 'x'.repeat(43) }),
  ],
  [
    'a refresh token used twice',
    'refresh-used',
    async () => {
      const { refresh } = await wire.tokensOf(visitor)
      await wire.refresh(refresh)
      return told(await wire.refresh(refresh))
    },
  ],
  ['no refresh token', 'parameter-missing', () => exchange({ grant_type: 'refresh_token' })],
  [
    'a wrong secret',
    'client-authentication',
    async () => exchange(await code(), { secret: 'faux' }),
  ],
  [
    'no secret',
    'client-authentication',
    async () => exchange({ ...(await code()), client_id: 'guide-social' }, { secret: null }),
  ],
  [
    'a pushed request with a wrong redirect_uri',
    'redirect-uri',
    async () =>
      told(
        await wire.post(
          '/par',
          Object.fromEntries(
            wire.request('guide-social', { redirect_uri: `${CALLBACK}/` }).url.searchParams,
          ),
        ),
      ),
  ],
  [
    'a pushed request without PKCE',
    'pkce-missing',
    async () => {
      const fields = Object.fromEntries(wire.request().url.searchParams)
      delete fields['code_challenge']
      delete fields['code_challenge_method']
      return told(await wire.post('/par', fields))
    },
  ],
  [
    'a post_logout_redirect_uri that is not registered',
    'post-logout-redirect-uri',
    async () =>
      pageOf(
        await newVisitor().go(
          new URL(
            `/logout?client_id=guide-social&post_logout_redirect_uri=${HOME}/ailleurs`,
            myanm.issuer,
          ),
        ),
      ),
  ],
]

describe('what went wrong', () => {
  test('is known by its cause in at least 38 of 40 failures', async () => {
    const wrong: string[] = []
    for (const [name, cause, fail] of FAILURES) {
      const { status, body } = await read(await fail())
      if (body['cause'] !== cause)
        wrong.push(`${name}: ${status} ${body['cause']} ${body['words']}`)
    }
    expect(FAILURES.length).toBeGreaterThanOrEqual(40)
    expect(wrong).toEqual([])
  }, 120_000)

  test('is shown to the character, beside the address that was probably meant', async () => {
    const { body } = await read(await asked(set('redirect_uri', `${CALLBACK}/`)))
    expect(body).toMatchObject({
      given: `${CALLBACK}/`,
      expected: CALLBACK,
      difference: { start: CALLBACK, given: '/', expected: '', end: '' },
    })
  })

  test('is a page too, for who reads with their eyes', async () => {
    const uri = await asked(set('redirect_uri', `${CALLBACK}/`))
    const response = await fetch(uri, {
      headers: { accept: 'text/html', authorization: basic('guide-social') },
    })
    const page = await response.text()
    expect(response.status).toBe(200)
    expect(page).toContain('Adresse de retour inconnue')
    expect(page).toContain('<del>/</del>')
  })
})

describe('it is told to the developers of that site only', () => {
  test.each([
    ['without a secret', undefined, 401],
    ['with a wrong secret', basic('guide-social', 'faux'), 401],
    ['with the secret of another site', basic('monasbl'), 404],
    ['as a site nobody knows', basic('inconnu'), 401],
    ['with half a header', 'Basic !', 401],
  ])('%s', async (_, authorization, status) => {
    const uri = await asked(set('redirect_uri', `${CALLBACK}/`))
    const response = await fetch(uri, { headers: authorization ? { authorization } : {} })
    expect(response.status).toBe(status)
    expect(await response.text()).not.toContain('callback')
  })

  test('and a reference nobody was given is none', async () => {
    for (const reference of ['0000-00', '%00', '..%2F', 'x'.repeat(5000)]) {
      const uri = new URL(`/developpeurs/${reference}`, myanm.issuer).href
      expect([400, 404, 414]).toContain((await read(uri)).status)
    }
  })

  test('nothing of the person is in it', async () => {
    await asked(set('login_hint', 'lecteur@exemple.be'))
    await asked((url) => {
      url.searchParams.set('login_hint', 'lecteur@exemple.be')
      url.searchParams.set('scope', 'openid bilan')
    })
    const rows = await query(database, 'select * from diagnosis')
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain('lecteur@')
  })

  test('and a site that errs in a loop is not written down for ever', async () => {
    await query(database, 'delete from diagnosis')
    await Promise.all(Array.from({ length: 80 }, () => asked(set('response_type', 'token'))))
    const [{ count } = { count: 0 }] = await query<{ count: number }>(
      database,
      'select count(*) from diagnosis',
    )
    expect(Number(count)).toBeGreaterThan(0)
    // Those that come at once do not see each other: some more than sixty, never all of them for ever.
    expect(Number(count)).toBeLessThanOrEqual(80)
    await Promise.all(Array.from({ length: 20 }, () => asked(set('response_type', 'token'))))
    const [{ count: later } = { count: 0 }] = await query<{ count: number }>(
      database,
      'select count(*) from diagnosis',
    )
    expect(Number(later)).toBe(Number(count))
  })
})
