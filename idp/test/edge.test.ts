import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  newVisitor,
  PASSWORD,
  type Page,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { load } from 'cheerio'
import { openDoor } from './stage/door.ts'
import { type PlainAnswer, plainly } from './stage/plain-http.ts'
import { DOCUMENTS, EVERYWHERE, pathFor } from './stage/routes.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

const SECURE = new URL('https://compte.exemple.be')

let database: TestDatabase
let elsewhere: TestDatabase
let myanm: TestIdp
/** The same behind a proxy that speaks TLS with the world. */
let published: TestIdp
let wire: Wire

beforeAll(async () => {
  database = await withDatabase()
  elsewhere = await withDatabase()
  myanm = await startTestIdp({ database, settings: { HOST: '127.0.0.1' } })
  published = await startTestIdp({ database: elsewhere, settings: { PUBLIC_URL: SECURE } })
  wire = onTheWire(myanm.issuer)
})

afterAll(async () => {
  await published.stop()
  await myanm.stop()
  await database.drop()
  await elsewhere.drop()
})

const at = (path: string) => new URL(path, myanm.issuer)

/** A request as the proxy would pass it on. */
const throughProxy = (path: string, headers: Record<string, string> = {}) =>
  plainly(new URL(`http://localhost:${published.idp.port}`), {
    path,
    headers: { host: SECURE.host, accept: 'text/html', ...headers },
  })

describe('every answer', () => {
  const STRICT = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // Pages behind a mailed link say even less: their address is the secret.
    'referrer-policy': expect.stringMatching(/^(same|strict)-origin$/),
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': expect.stringContaining('camera=()'),
  }
  const CACHED = /^\/(assets\/|jwks|\.well-known\/o)/

  function expectStrict(path: string, method: string, { headers, status }: PlainAnswer): void {
    const where = `${method} ${path} ${status}`
    expect({ where, ...headers }).toMatchObject({ where, ...STRICT })
    const policy = String(headers['content-security-policy'])
    expect([where, policy]).toEqual([where, expect.stringContaining("default-src 'none'")])
    for (const directive of ["frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'"]) {
      expect([where, policy]).toEqual([where, expect.stringContaining(directive)])
    }
    expect(policy).not.toMatch(/unsafe-|\*|http:\/\/(?!localhost:9999)/)
    const mayBeKept = CACHED.test(path) && status === 200
    if (!mayBeKept) expect([where, headers['cache-control']]).toEqual([where, 'no-store'])
    expect(headers['x-powered-by']).toBeUndefined()
    expect(headers['server']).toBeUndefined()
    if (!mayBeKept) expect(headers['access-control-allow-origin']).toBeUndefined()
    expect(headers['access-control-allow-credentials']).toBeUndefined()
  }

  test('of every route, by every method, is strict: nobody frames, sniffs or keeps it', async () => {
    for (const route of EVERYWHERE) {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        const path = pathFor(route)
        const accept = method === 'POST' ? 'application/json' : 'text/html'
        const headers = { accept, origin: 'http://evil.example' }
        const answer = await plainly(at(path), { method, headers })
        expectStrict(path, method, answer)
        expect([method, path, answer.status < 500]).toEqual([method, path, true])
      }
    }
  })

  test('of an asset may be kept for a year, and what is in it cannot change', async () => {
    const home = await newVisitor().go(at('/'))
    const assets = home
      .$('link[rel=stylesheet], script[src], link[rel=icon], link[rel=preload]')
      .toArray()
      .map((element) => home.$(element).attr('href') ?? home.$(element).attr('src') ?? '')
    expect(assets.length).toBeGreaterThan(0)
    for (const path of assets) {
      const answer = await plainly(at(path))
      expect([path, answer.status]).toEqual([path, 200])
      expect(answer.headers['cache-control']).toMatch(/max-age=/)
      expectStrict('/assets/', 'GET', answer)
      for (const climbing of ['/../../package.json', '/..%2f..%2fpackage.json', '%00', '/']) {
        expect((await plainly(at('/'), { path: path + climbing })).status).toBeGreaterThanOrEqual(
          400,
        )
      }
    }
  })

  test('that is a page has no script or style of its own', async () => {
    const visitor = newVisitor()
    const pages = [await visitor.go(at('/')), await visitor.go(wire.request().url)]
    pages.push(await visitor.submit({ fields: { identifiant: 'multi' } }))
    pages.push(await visitor.submit({ fields: { mot_de_passe: 'wrong' } }))
    pages.push(await visitor.submit({ fields: { mot_de_passe: PASSWORD } }))
    pages.push(await visitor.go(at('/compte')), await visitor.go(at('/logout')))
    pages.push(await visitor.go(at('/inconnue')))
    for (const page of pages) {
      expect(page.$('script:not([src])')).toHaveLength(0)
      expect(page.$('style, [style]')).toHaveLength(0)
      for (const element of page.$('*').toArray()) {
        if (!('attribs' in element)) continue
        for (const name of Object.keys(element.attribs)) expect(name).not.toMatch(/^on/)
      }
      // Codes and tokens pass here: nothing is fetched from anybody else.
      for (const element of page.$('[src], link[href]').toArray()) {
        const address = page.$(element).attr('src') ?? page.$(element).attr('href') ?? ''
        expect(new URL(address, page.url).origin).toBe(myanm.issuer.origin)
      }
    }
  })

  test('posted back to a site may reach that site, and no other', async () => {
    const visitor = newVisitor()
    await visitor.go(at('/compte'))
    await typeCredentials(visitor, 'lecteur')
    const formPost = wire.request('guide-social', { response_mode: 'form_post' }).url
    for (const url of [formPost, new URL(`${formPost}&prompt=none&max_age=x`)]) {
      const response = await visitor.request(url)
      const policy = response.headers.get('content-security-policy') ?? ''
      const html = await response.text()
      const page = load(html)
      expect(page('form').attr('action')).toBe('http://localhost:9999/callback')
      expect(policy).toContain("form-action 'self' http://localhost:9999;")
      expect(html).toMatch(/<noscript>[^]*<button autofocus type="submit">/)
    }
    const elsewhere = new URL(formPost)
    elsewhere.searchParams.set('redirect_uri', 'http://evil.example/')
    const refused = await visitor.request(elsewhere)
    expect(refused.headers.get('content-security-policy')).not.toContain('evil')
  })

  test('for programs of other origins is for what is public only', async () => {
    for (const path of DOCUMENTS) {
      const answer = await plainly(at(path), { headers: { origin: 'https://app.exemple.be' } })
      const isOpen = /jwks|\.well-known/.test(path)
      expect([path, answer.headers['access-control-allow-origin']]).toEqual([
        path,
        isOpen ? expect.any(String) : undefined,
      ])
    }
    const visitor = newVisitor()
    await visitor.go(at('/compte'))
    await typeCredentials(visitor, 'lecteur')
    const tokens = await wire.tokensOf(visitor)
    for (const path of ['/token', '/userinfo', '/introspect', '/authorize', '/par']) {
      const { access } = tokens
      const answer = await plainly(at(path), {
        method: path === '/authorize' ? 'GET' : 'POST',
        headers: { origin: 'https://app.exemple.be', authorization: `Bearer ${access}` },
      })
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
      const before = await plainly(at(path), {
        method: 'OPTIONS',
        headers: { origin: 'https://app.exemple.be', 'access-control-request-method': 'POST' },
      })
      expect(before.headers['access-control-allow-origin']).toBeUndefined()
    }
  })
})

describe('published over TLS', () => {
  test('every answer says to stay there, for a year at least', async () => {
    for (const route of EVERYWHERE) {
      const { headers } = await throughProxy(pathFor(route))
      const age = Number(/max-age=(\d+)/.exec(headers['strict-transport-security'] ?? '')?.[1])
      expect([route, age >= 31_536_000]).toEqual([route, true])
    }
  })

  test('a sign-in works, and its cookies never leave TLS nor cross to another host', async () => {
    const search = wire.request().url.search
    const begun = await throughProxy(`/authorize${search}`)
    expect(begun.status).toBe(303)
    const jar = new Map<string, string>()
    const seen: string[] = []
    const keep = ({ headers }: PlainAnswer) => {
      for (const cookie of headers['set-cookie'] ?? []) {
        seen.push(cookie)
        const pair = cookie.split(';')[0] ?? ''
        jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
      }
    }
    const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const post = async (path: string, fields: Record<string, string>) => {
      const body = new URLSearchParams(fields).toString()
      const answer = await plainly(new URL(`http://localhost:${published.idp.port}`), {
        method: 'POST',
        path,
        body,
        headers: {
          host: SECURE.host,
          origin: SECURE.origin,
          accept: 'text/html',
          cookie: cookie(),
          'content-type': 'application/x-www-form-urlencoded',
        },
      })
      keep(answer)
      return answer
    }
    keep(begun)
    const path = String(begun.headers.location)
    const page = await throughProxy(path, { cookie: cookie() })
    keep(page)
    const jeton = String(load(page.text)('input[name=jeton]').attr('value'))
    await post(path, { jeton, identifiant: 'lecteur' })
    const entered = await post(`${path}/mot-de-passe`, { jeton, mot_de_passe: PASSWORD })
    const resume = new URL(String(entered.headers.location), SECURE)
    expect(resume.origin).toBe(SECURE.origin)
    const back = await throughProxy(resume.pathname, { cookie: cookie() })
    keep(back)
    expect(back.headers.location).toContain('code=')
    expect(back.headers.location).toContain(encodeURIComponent(SECURE.origin))

    expect(seen.length).toBeGreaterThan(3)
    for (const given of seen) {
      expect(given).toMatch(/; secure/i)
      expect(given).toMatch(/; httponly/i)
      expect(given).toMatch(/; samesite=lax/i)
      expect(given).not.toMatch(/; domain=/i)
      const isForAll = /; path=\/(;|$)/i.test(given)
      expect(given).toMatch(isForAll ? /^__Host-/ : /^__Secure-/)
    }
  })
})

describe('a form', () => {
  /** Somebody in front of each form there is, and what it would do. */
  async function forms(): Promise<
    { page: Page; visitor: Visitor; action: string; fields: Record<string, string> }[]
  > {
    const found = []
    const inFrontOf = async (login: string | null, client: string) => {
      const visitor = newVisitor()
      await visitor.go(wire.request(client).url)
      if (login !== null) await typeCredentials(visitor, login)
      return { visitor, page: visitor.page as Page }
    }
    const first = await inFrontOf(null, 'guide-social')
    found.push({ ...first, action: first.page.url.pathname, fields: { identifiant: 'lecteur' } })
    const second = await inFrontOf(null, 'guide-social')
    const page = await second.visitor.submit({ fields: { identifiant: 'lecteur' } })
    found.push({
      ...second,
      page,
      action: page.url.pathname,
      fields: { mot_de_passe: PASSWORD },
    })
    const choice = await inFrontOf('multi', 'guide-social')
    const organisation = myanm.organisations.get('passage') ?? ''
    found.push({ ...choice, action: choice.page.url.pathname, fields: { organisation } })
    const consent = await inFrontOf('lecteur', 'partner')
    found.push({ ...consent, action: consent.page.url.pathname, fields: { decision: 'oui' } })
    for (const one of [first, choice, consent]) {
      const action = String(one.page.$('form[action$="/annuler"]').attr('action'))
      found.push({ ...one, action, fields: {} })
    }
    return found
  }

  const tokenIn = (page: Page) => String(page.$('input[name=jeton]').attr('value'))

  test('takes nothing from anybody but its own page', async () => {
    const stranger = newVisitor()
    await stranger.go(wire.request().url)
    const foreign = tokenIn(stranger.page as Page)
    for (const { page, visitor, action, fields } of await forms()) {
      const url = at(action)
      const jeton = tokenIn(page)
      expect([action, jeton.length]).toEqual([action, 43])
      const cookie = await visitor.jar.getCookieString(url.href)
      const send = (
        given: Record<string, string> | URLSearchParams,
        headers: Record<string, string> = {},
      ) =>
        plainly(url, {
          method: 'POST',
          headers: {
            accept: 'text/html',
            cookie,
            'content-type': 'application/x-www-form-urlencoded',
            ...headers,
          },
          body: new URLSearchParams(given).toString(),
        })
      const twice = new URLSearchParams({ ...fields, jeton })
      twice.append('jeton', jeton)
      const withToken = { ...fields, jeton }
      const forged = [
        await send(fields),
        await send({ ...fields, jeton: '' }),
        await send({ ...fields, jeton: foreign }),
        await send({ ...fields, jeton: `${jeton}x` }),
        await send({ ...fields, jeton: jeton.toUpperCase() }),
        await send(twice),
        await send(withToken, { origin: 'http://evil.example' }),
        await send(withToken, { origin: 'null' }),
        await send(withToken, { origin: `${myanm.issuer.origin}.evil.example` }),
        await send(withToken, { origin: 'http://localhost:9999' }),
        await send(withToken, { 'sec-fetch-site': 'cross-site' }),
        await send(withToken, { 'sec-fetch-site': 'same-site' }),
        await send(withToken, { 'sec-fetch-site': 'none' }),
        await send(withToken, { cookie: cookie.replace(/visiteur=[^;]+/, 'visiteur=x') }),
        await send(withToken, { cookie: '' }),
      ]
      for (const [number, { status, headers }] of forged.entries()) {
        expect([action, number, status]).toEqual([action, number, 403])
        expect(headers.location).toBeUndefined()
      }
      for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/json']) {
        expect((await send(withToken, { 'content-type': type })).status).toBe(400)
      }
      // By address, nothing happens at all: a page is shown, or none.
      const byAddress = new URL(url)
      byAddress.search = new URLSearchParams(withToken).toString()
      const { status } = await plainly(byAddress, { headers: { cookie, accept: 'text/html' } })
      expect([200, 303, 404, 405]).toContain(status)
    }
  })

  test('did nothing of the kind: every one of them still works for its own page', async () => {
    for (const { page, visitor, action, fields } of await forms()) {
      const stranger = await plainly(at(action), {
        method: 'POST',
        headers: {
          cookie: await visitor.jar.getCookieString(at(action).href),
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams(fields).toString(),
      })
      expect(stranger.status).toBe(403)
      if (action.endsWith('/annuler')) continue
      const accepted = await visitor.request(at(action), {
        method: 'POST',
        headers: { origin: myanm.issuer.origin, 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams({ ...fields, jeton: tokenIn(page) }),
      })
      expect([action, accepted.status]).toEqual([action, 303])
    }
  })

  test('of a sign-in is not filled in for somebody from elsewhere (login CSRF)', async () => {
    const attacker = await openDoor({ issuer: myanm.issuer, wire })
    await attacker.say('voisin')
    const victim = newVisitor()
    await victim.go(wire.request().url)
    // The attacker's own journey, replayed in the victim's browser: it is bound to the attacker's.
    const page = await victim.post(at('/connexion/planted-journey/mot-de-passe'), {
      mot_de_passe: PASSWORD,
      jeton: tokenIn(victim.page as Page),
    })
    expect(page.status).toBe(400)
  })
})

describe('our address is our address', () => {
  const FOREIGN = [
    'evil.example',
    'localhost',
    'localhost:1',
    '127.0.0.1',
    'localhost.evil.example',
    'evil.example:80',
    'user@localhost',
    '[::1]',
    'localhost:99999',
  ]

  test('whatever Host pretends: elsewhere is refused', async () => {
    for (const host of [...FOREIGN, `${myanm.issuer.host}.`, `${myanm.issuer.host}@evil.example`]) {
      for (const path of ['/', '/.well-known/openid-configuration', '/compte', '/token']) {
        const method = path === '/token' ? 'POST' : 'GET'
        const { status, text } = await plainly(at(path), { method, headers: { host } })
        expect([host, path, status]).toEqual([host, path, 421])
        expect(text).not.toContain('evil')
      }
    }
    const { host } = myanm.issuer
    const upper = await plainly(at('/'), { headers: { host: host.toUpperCase() } })
    expect(upper.status).toBe(200)
    // A load balancer asks by address.
    expect((await plainly(at('/sante'), { headers: { host: '10.0.0.7' } })).status).toBe(200)
  })

  test('whatever the forwarding headers pretend: links, metadata and redirects stay ours', async () => {
    const evil = 'evil.example'
    const lies = [
      { 'x-forwarded-host': evil },
      { 'x-forwarded-proto': 'https' },
      { 'x-forwarded-port': '8443' },
      { 'x-forwarded-prefix': '/evil' },
      { 'x-forwarded-for': '127.0.0.1' },
      { 'x-forwarded-server': evil },
      { forwarded: `host=${evil};proto=https;for=1.2.3.4` },
      { 'x-original-url': '/compte/retour' },
      { 'x-rewrite-url': '/compte/retour' },
      { 'x-host': evil },
      { 'x-http-host-override': evil },
      { 'x-http-method-override': 'DELETE' },
      { 'x-forwarded-host': evil, 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' },
    ]
    const honest = (await plainly(at('/.well-known/openid-configuration'))).text
    const home = (await plainly(at('/'))).text
    for (const headers of lies) {
      expect((await plainly(at('/.well-known/openid-configuration'), { headers })).text).toBe(
        honest,
      )
      const page = await plainly(at('/'), { headers })
      expect(page.text).toBe(home)
      const account = await plainly(at('/compte'), { headers })
      expect(account.headers.location).toMatch(/^\/authorize\?/)
      expect(account.headers.location).toContain(
        encodeURIComponent(`${myanm.issuer.origin}/compte/retour`),
      )
      const asking = await plainly(wire.request().url, { headers })
      expect(asking.headers.location).toMatch(/^\/connexion\//)
      expect(JSON.stringify(asking.headers)).not.toContain(evil)
    }
  })

  test('in the line of the request, too', async () => {
    const { host } = myanm.issuer
    for (const path of [
      'http://evil.example/compte',
      `http://${host}@evil.example/compte`,
      '//evil.example/compte',
    ]) {
      const { status, headers, text } = await plainly(at('/'), { path, headers: { host } })
      expect(status).toBeLessThan(500)
      expect(headers.location ?? '').not.toContain('evil')
      expect(text).not.toContain('href="http://evil')
    }
  })
})
