import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  clientSecret,
  newVisitor,
  type Page,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  withDatabase,
} from '@myanm/testing'
import fc from 'fast-check'
import { type PlainAnswer, plainly } from './stage/plain-http.ts'
import { type RawAnswer, send } from './stage/raw-socket.ts'
import { DOCUMENTS, ENDPOINTS, EVERYWHERE, FORMS, NOWHERE, pathFor } from './stage/routes.ts'
import { basic, onTheWire, type Wire } from './stage/wire.ts'

const SEED = 20_261_121
const FORM = 'application/x-www-form-urlencoded'
const POSTED = [...new Set([...FORMS, ...ENDPOINTS, ...NOWHERE, '/', '/compte'])]

let database: TestDatabase
let myanm: TestIdp
let wire: Wire
/** Begun first, answered last: bodies and headers that never end. */
let slow: Promise<[RawAnswer, RawAnswer]>

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  wire = onTheWire(myanm.issuer)
  const { host } = myanm.issuer
  const port = myanm.idp.port
  slow = Promise.all([
    send(
      port,
      `POST /token HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${FORM}\r\nContent-Length: 100\r\n\r\ngrant`,
      { patience: 40_000 },
    ),
    send(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nX-Slow: 1\r\n`, { patience: 40_000 }),
  ])
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

const at = (path: string) => new URL(path, myanm.issuer)

/** One request, answered without a bug of ours and without keeping anybody waiting. */
async function expectCivil(
  what: string,
  ask: () => Promise<{ status: number; text: string }>,
): Promise<number> {
  const started = performance.now()
  const { status, text } = await ask()
  const late = performance.now() - started > 2000
  expect([what, status, late]).toEqual([what, status < 500 ? status : 'under 500', false])
  expect(text).not.toMatch(/at .*\.(ts|js):\d+|node_modules|select .* from|syntax error at/i)
  return status
}

/** Text as nobody types it: what breaks parsers, databases and templates. */
const NASTY = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    '\u202e',
    '\ufeff',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '[object Object]',
    'NaN',
    '-1',
    '1e309',
    '9'.repeat(400),
    '0x41',
    'true',
    'null',
    'undefined',
    '{"a":[1]}',
    '["a"]',
    "' or '1'='1",
    "'; drop table account; --",
    '$1',
    '%',
    '%%',
    '%00',
    '%zz',
    '%c0%ae',
    '%ff%fe',
    '../../../../etc/passwd',
    '..\\..\\windows',
    '{{7*7}}',
    '${7*7}',
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    'a\r\nSet-Cookie: x=y',
    'e\u0301'.repeat(200),
    '😀'.repeat(200),
    'x'.repeat(5000),
    'urn:ietf:params:oauth:request_uri:x',
    'eyJhbGciOiJub25lIn0.e30.',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.uuid(),
)

const NAMES = fc.oneof(
  fc.constantFrom(
    ...'client_id client_secret redirect_uri response_type response_mode scope state nonce prompt max_age organisation resource request request_uri code code_verifier code_challenge code_challenge_method grant_type refresh_token token token_type_hint id_token_hint login_hint acr_values claims claims_locales ui_locales display registration dpop_jkt authorization_details client_assertion client_assertion_type post_logout_redirect_uri logout_hint logout xsrf jeton identifiant mot_de_passe rester_connecte decision organisation username access_token audience assertion subject_token iss sid'.split(
      ' ',
    ),
  ),
  fc.constantFrom('__proto__', 'a[]', 'a[b]', 'a.b', '', '\u0000', 'constructor[prototype]'),
)

const PARAMETERS = fc.array(fc.tuple(NAMES, NASTY), { maxLength: 8 })

/** Percent-encoded as it should be, or raw and wrong. */
function encoded(parameters: readonly (readonly [string, string])[], isTidy: boolean): string {
  return parameters
    .map(([name, value]) =>
      isTidy
        ? `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`
        : `${name}=${value}`.replaceAll(/[^\u0021-\u007e]/g, (character) =>
            character === ' '
              ? '+'
              : `%${(character.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`,
          ),
    )
    .join('&')
}

const UNKNOWN_SITE = {
  ...{
    route: '/token',
    method: 'POST' as const,
    type: 'application/x-www-form-urlencoded' as const,
    accept: '*/*' as const,
    uid: 'abcdefgh-1234' as const,
  },
  ...{ isTidy: true, isSignedIn: false, isClient: false, query: [] },
  fields: [
    ['client_id', 'nobody'],
    ['grant_type', 'authorization_code'],
    ['code', 'x'],
  ] as [string, string][],
}

describe('whatever is asked', () => {
  test('by any method, at any address, with any parameters: an answer, never an accident', async () => {
    const session = newVisitor()
    await session.go(at('/compte'))
    await typeCredentials(session, 'multi')
    const cookie = await session.jar.getCookieString(myanm.issuer.href)
    const statuses = new Set<number>()
    const request = fc.record({
      route: fc.constantFrom(...EVERYWHERE, ...DOCUMENTS),
      method: fc.constantFrom('GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'),
      query: PARAMETERS,
      fields: PARAMETERS,
      isTidy: fc.boolean(),
      isSignedIn: fc.boolean(),
      isClient: fc.boolean(),
      accept: fc.constantFrom('text/html', 'application/json', '*/*', 'image/png', 'x', ''),
      type: fc.constantFrom(
        FORM,
        FORM,
        FORM,
        `${FORM}; charset=utf-7`,
        `${FORM}; charset=x-unknown`,
        `${FORM}; charset="`,
        'application/json',
        'multipart/form-data; boundary=b',
        'text/plain',
        'x',
        '',
      ),
      uid: fc.constantFrom(
        'abcdefgh-1234',
        '%00',
        '%zz',
        '..',
        '%2e%2e',
        'x'.repeat(300),
        '%ff',
        "'",
      ),
    })
    await fc.assert(
      fc.asyncProperty(request, async (asked) => {
        const path = pathFor(asked.route, asked.uid)
        const query = encoded(asked.query, asked.isTidy)
        const body =
          asked.method === 'GET' || asked.method === 'HEAD'
            ? undefined
            : encoded(asked.fields, asked.isTidy)
        const status = await expectCivil(`${asked.method} ${path}?${query} ${body}`, () =>
          plainly(myanm.issuer, {
            method: asked.method,
            path: query === '' ? path : `${path}?${query}`,
            headers: {
              ...(asked.accept && { accept: asked.accept }),
              ...(asked.isSignedIn && { cookie }),
              ...(asked.isClient && { authorization: basic('guide-social', clientSecret) }),
              ...(body !== undefined && asked.type && { 'content-type': asked.type }),
            },
            ...(body !== undefined && { body }),
          }),
        )
        statuses.add(status)
      }),
      // A site nobody knows at /token: 401 is rare among two hundred addresses.
      { seed: SEED, numRuns: 500, examples: [[UNKNOWN_SITE]] },
    )
    // It went deep enough to be refused in many ways, and to succeed.
    for (const status of [200, 303, 400, 401, 403, 404, 405])
      expect([...statuses]).toContain(status)
  })

  test('of a form with its own token: a mistake to mend, a refusal, or success', async () => {
    const inFrontOf = async (login: string | null, client: string) => {
      const visitor = newVisitor()
      await visitor.go(wire.request(client).url)
      if (login !== null) await typeCredentials(visitor, login)
      return { visitor, page: visitor.page as Page }
    }
    const places = [
      { ...(await inFrontOf(null, 'guide-social')), field: 'identifiant' },
      { ...(await inFrontOf('multi', 'guide-social')), field: 'organisation' },
      { ...(await inFrontOf('lecteur', 'partner')), field: 'decision' },
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...places),
        NASTY,
        PARAMETERS,
        async (place, value, more) => {
          const { visitor, page, field } = place
          const jeton = String(page.$('input[name=jeton]').attr('value'))
          const others = more.filter(([name]) => name !== 'jeton' && name !== field)
          const body = encoded([['jeton', jeton], [field, value], ...others], true)
          await expectCivil(`${page.url.pathname} ${body}`, async () => {
            const answer = await visitor.request(page.url, {
              method: 'POST',
              headers: { 'content-type': FORM },
              body,
            })
            return { status: answer.status, text: await answer.text() }
          })
        },
      ),
      { seed: SEED, numRuns: 80, examples: [] },
    )
  })

  test('of an endpoint by its own client: refused in the words of the protocol', async () => {
    const visitor = newVisitor()
    await visitor.go(at('/compte'))
    await typeCredentials(visitor, 'lecteur')
    const tokens = await wire.tokensOf(visitor)
    const { code, verifier } = await wire.newCode(visitor)
    const sound: Record<string, Record<string, string>> = {
      '/token': { grant_type: 'authorization_code', code, code_verifier: verifier },
      '/introspect': { token: tokens.access },
      '/revoke': { token: 'unknown-token-of-nobody' },
      '/par': Object.fromEntries(wire.request().url.searchParams),
      '/userinfo': { access_token: tokens.access },
    }
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(sound)),
        NAMES,
        NASTY,
        async (path, name, value) => {
          const fields = { ...sound[path], [name]: value.toWellFormed() }
          await expectCivil(`${path} ${name}=${value}`, () =>
            wire.post(path, { ...fields, __proto__: null } as unknown as Record<string, string>),
          )
        },
      ),
      { seed: SEED, numRuns: 150 },
    )
  })

  test('of a pushed request, to be shown later: nothing in it surprises the pages', async () => {
    const visitor = newVisitor()
    const values = ['\u0000', 'a\u0000b', '\ud800', '😀', '<script>', '{{7*7}}', 'x'.repeat(3000)]
    for (const name of [
      'state',
      'nonce',
      'login_hint',
      'organisation',
      'ui_locales',
      'acr_values',
    ]) {
      for (const value of values) {
        const fields = new URLSearchParams(wire.request().url.search)
        fields.set(name, value)
        const { status, body } = await wire.post('/par', fields)
        expect([name, value, status]).toEqual([name, value, status < 500 ? status : 'under 500'])
        if (status !== 201) continue
        const url = at('/authorize')
        url.searchParams.set('client_id', 'guide-social')
        url.searchParams.set('request_uri', String(body['request_uri']))
        const page = await visitor.go(url)
        expect([name, value, page.status < 500]).toEqual([name, value, true])
        expect(page.html).not.toContain('<script>')
        expect(page.html).not.toMatch(/value="49"/)
      }
    }
  })
})

describe('a request too many bytes long', () => {
  /** Of this process, which other files have used before. */
  let before = 0

  beforeAll(() => {
    before = process.memoryUsage().rss
  })

  const MEGABYTE = Buffer.alloc(1024 * 1024, 'a=b&')

  const flood = (
    path: string,
    head: string,
    megabytes: number,
    wrap: (chunk: Buffer) => Buffer,
  ) => {
    let left = megabytes
    return send(
      myanm.idp.port,
      `POST ${path} HTTP/1.1\r\nHost: ${myanm.issuer.host}\r\nContent-Type: ${FORM}\r\n${head}\r\n\r\n`,
      {
        pour: () => {
          left -= 1
          return left < 0 ? null : wrap(MEGABYTE)
        },
      },
    )
  }
  const chunked = (chunk: Buffer) =>
    Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')])

  test('is refused when it says so, without being read', async () => {
    for (const route of POSTED) {
      const size = 10 * 1024 * 1024
      const answer = await flood(pathFor(route), `Content-Length: ${size}`, 10, (chunk) => chunk)
      expect([route, answer.status]).toEqual([route, 413])
      expect(answer.milliseconds).toBeLessThan(2000)
    }
  })

  test('is refused when it does not say so, after what a form may have', async () => {
    for (const route of POSTED) {
      const answer = await flood(pathFor(route), 'Transfer-Encoding: chunked', 10, chunked)
      expect([route, answer.status >= 300 && answer.status < 500]).toEqual([route, true])
      expect(answer.milliseconds).toBeLessThan(2000)
    }
  })

  test('in its headers or its address, too', async () => {
    const { host } = myanm.issuer
    const huge = 'x'.repeat(20 * 1024)
    for (const head of [
      `GET /${huge} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      `GET /?a=${huge} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${host}\r\nX-Huge: ${huge}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${host}\r\nCookie: ${huge}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${host}\r\n${'X-Many: 1\r\n'.repeat(3000)}\r\n`,
    ]) {
      const { status, text } = await send(myanm.idp.port, head)
      expect(status).toBe(431)
      expect(text).toContain("frame-ancestors 'none'")
    }
    const long = `GET /?${'a'.repeat(12_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
    expect((await send(myanm.idp.port, long)).status).toBe(200)
  })

  test('and MyANM is as well as before', async () => {
    expect((await plainly(at('/'))).status).toBe(200)
    // What was poured in is many times as much.
    expect(process.memoryUsage().rss - before).toBeLessThan(512 * 1024 ** 2)
  })
})

describe('what is hardly HTTP', () => {
  test('is refused, and nothing is smuggled behind it', async () => {
    const { host } = myanm.issuer
    const requests = [
      'GARBAGE\r\n\r\n',
      '\r\n\r\n\r\n\r\n',
      '\u0000\u0001\u0002\u0003\r\n\r\n',
      '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
      'GET\r\n\r\n',
      `GET / HTTP/9.9\r\nHost: ${host}\r\n\r\n`,
      'GET / HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.1\r\nHost:\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${host}\r\nBad Header: x\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${host}\r\nX: a\u0000b\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost : ${host}\r\n\r\n`,
      `GET /a\u0000b HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      `POST /token HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`,
      `POST /token HTTP/1.1\r\nHost: ${host}\r\nContent-Length: -1\r\n\r\n`,
      `POST /token HTTP/1.1\r\nHost: ${host}\r\nContent-Length: x\r\n\r\n`,
      `POST /token HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /compte HTTP/1.1\r\n\r\n`,
      `POST /token HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n`,
      `POST /token HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: gzip, chunked\r\nContent-Type: ${FORM}\r\n\r\n0\r\n\r\n`,
      `CONNECT evil.example:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
      `POST /token HTTP/1.1\r\nHost: ${host}\r\nExpect: 200-please\r\nContent-Length: 0\r\n\r\n`,
    ]
    for (const request of requests) {
      const { status, text } = await send(myanm.idp.port, Buffer.from(request, 'latin1'), {
        patience: 1000,
      })
      expect([request, status]).toEqual([request, status < 500 ? status : 'under 500'])
      expect(text.match(/HTTP\/1\.1 /g)?.length ?? 0).toBeLessThanOrEqual(1)
    }
    expect((await plainly(at('/'))).status).toBe(200)
  })
})

describe('what is well-formed HTTP and still not right', () => {
  test('NUL bytes and broken UTF-8 are refused wherever they are', async () => {
    const { host } = myanm.issuer
    for (const broken of ['%00', 'a%00b', '%ff', '%c3%28', '%zz', '%', '%e2%82']) {
      for (const path of [
        `/connexion/${broken}`,
        `/?a=${broken}`,
        `/authorize?state=${broken}`,
        `/logout?state=${broken}`,
      ]) {
        const { status } = await plainly(myanm.issuer, { path, headers: { host } })
        expect([path, status]).toEqual([path, 400])
      }
      for (const path of ['/connexion/abcdefgh', '/authorize', '/logout', '/introspect']) {
        const { status } = await plainly(at(path), {
          method: 'POST',
          headers: {
            'content-type': FORM,
            authorization: basic('guide-social', clientSecret),
          },
          body: `token=${broken}&identifiant=${broken}`,
        })
        expect([path, broken, status]).toEqual([path, broken, 400])
      }
    }
  })

  test('a parameter sent twice is refused, save those that may be several', async () => {
    const twice = (path: string, name: string) =>
      plainly(at(`${path}?${name}=a&${name}=b`)).then(({ status }) => status)
    for (const name of [
      'client_id',
      'redirect_uri',
      'state',
      'scope',
      '__proto__',
      'organisation',
    ]) {
      expect(await twice('/authorize', name)).toBe(400)
      expect(await twice('/', name)).toBe(400)
    }
    const { url } = wire.request()
    url.searchParams.append('resource', 'urn:myanm:resource-server')
    url.searchParams.append('resource', 'urn:myanm:resource-server')
    expect((await plainly(url)).status).toBeLessThan(400)
    for (const path of ['/token', '/introspect', '/revoke', '/par']) {
      const fields = new URLSearchParams([
        ['grant_type', 'refresh_token'],
        ['grant_type', 'refresh_token'],
        ['token', 'a'],
        ['token', 'b'],
        ['client_id', 'guide-social'],
        ['client_id', 'guide-social'],
      ])
      expect((await wire.post(path, fields)).status).toBe(400)
    }
  })

  test('an unknown language, encoding or range changes nothing', async () => {
    const odd: Record<string, string>[] = [
      { 'accept-language': 'x'.repeat(4000) },
      { 'accept-language': '*;q=1e309' },
      { accept: `${'a/b,'.repeat(1500)}*/*` },
      { 'accept-encoding': 'gzip;q=0, *;q=0' },
      { range: 'bytes=0-,0-,0-' },
      { 'if-none-match': '*' },
      { 'if-modified-since': 'yesterday' },
      { 'content-encoding': 'gzip' },
      { te: 'trailers' },
    ]
    const answers: PlainAnswer[] = []
    for (const headers of odd) answers.push(await plainly(at('/'), { headers }))
    for (const { status } of answers) expect([200, 304, 406]).toContain(status)
  })
})

test('a body or a header that never comes is not waited for', async () => {
  for (const { status, milliseconds } of await slow) {
    expect(status).toBe(408)
    expect(milliseconds).toBeLessThan(20_000)
  }
})
