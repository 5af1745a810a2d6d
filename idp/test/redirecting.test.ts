import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  client,
  newVisitor,
  query,
  signInAs,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { load } from 'cheerio'
import { onTheWire, type Wire } from './stage/wire.ts'

const HOME = 'http://localhost:9999'
const REGISTERED = `${HOME}/callback`
const AFTER_SIGN_OUT = `${HOME}/deconnecte`
const OF_ANOTHER = 'https://partenaire.exemple.be/retour'
const EVIL = 'evil.example'

let database: TestDatabase
let myanm: TestIdp
let wire: Wire
let visitor: Visitor
let idToken: string

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({
    database,
    clients: [
      client({ id: 'guide-social', name: 'Guide Social', kind: 'site', home: HOME }),
      client({ id: 'bilan', name: 'Mon bilan en ligne', kind: 'site', home: HOME }),
      client({ id: 'partner', name: 'Site partenaire', redirectUris: [OF_ANOTHER] }),
    ],
  })
  wire = onTheWire(myanm.issuer)
  const signedIn = await signInAs(myanm.issuer, 'lecteur', { client: 'guide-social' })
  visitor = signedIn.visitor
  idToken = signedIn.tokens.id_token ?? ''
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

/** What looks like a registered address and is not, character by character. */
function lookalikesOf(address: string): string[] {
  const { host, pathname } = new URL(address)
  const port = host.split(':')[1]
  return [
    `${address}/`,
    `${address}//`,
    address.replace(pathname, `/${pathname}`),
    address.replace(pathname, pathname.toUpperCase()),
    address.replace('localhost', 'LOCALHOST'),
    address.replace('http:', 'HTTP:'),
    address.replace('http:', 'https:'),
    address.replace('http:', 'ftp:'),
    address.replace('//', ''),
    address.replace('http:', ''),
    pathname,
    `${address}/..;/x`,
    `${address}/..`,
    `${address}%2e`,
    `${address}%2f..`,
    address.replace(pathname, `/x/..${pathname}`),
    address.replace(pathname, `/.${pathname}`),
    address.replace(pathname, `/%63${pathname.slice(2)}`),
    address.replace(pathname, `/;${pathname}`),
    address.replace('//', '//user@'),
    address.replace('//', '//user:secret@'),
    `http://${host}@${EVIL}${pathname}`,
    `http://${EVIL}#@${host}${pathname}`,
    `http://${EVIL}\\@${host}${pathname}`,
    `http://${EVIL}/${address}`,
    `http://${host}.${EVIL}${pathname}`,
    `${address}#`,
    `${address}#fragment`,
    `${address}?`,
    `${address}?extra=1`,
    `${address}&extra=1`,
    address.replace(`:${port}`, ''),
    address.replace(`:${port}`, ':9998'),
    address.replace(`:${port}`, `:0${port}`),
    address.replace(`:${port}`, `:${port}0`),
    address.replace('localhost', 'localhost.'),
    address.replace('localhost', '127.0.0.1'),
    address.replace('localhost', '[::1]'),
    address.replace('localhost', 'lоcalhost'),
    address.replace('localhost', 'ｌocalhost'),
    ` ${address}`,
    `${address} `,
    `${address}\t`,
    address.replace('local', 'local\t'),
    address.replace('local', 'local\r\n'),
    `${address}\r\nLocation: http://${EVIL}/`,
    `${address} http://${EVIL}/`,
    `${address},http://${EVIL}/`,
    encodeURIComponent(address),
    address.replaceAll('/', '\\'),
    `javascript:alert(1)//${address}`,
    `data:text/html,${address}`,
    'urn:ietf:wg:oauth:2.0:oob',
    'null',
    '*',
    `http://${EVIL}/`,
    `//${EVIL}`,
    OF_ANOTHER,
  ]
}

/** Everywhere a page may lead: links, forms, pictures, refreshes. */
function targetsOf(html: string, base: URL): URL[] {
  const $ = load(html)
  const values = ['href', 'action', 'src', 'formaction'].flatMap((name) =>
    $(`[${name}]`)
      .toArray()
      .map((element) => $(element).attr(name) ?? ''),
  )
  expect($('meta[http-equiv=refresh]')).toHaveLength(0)
  return values.map((value) => new URL(value, base))
}

async function expectNoWayOut(response: Response): Promise<void> {
  expect(response.status).toBe(400)
  expect(response.headers.get('location')).toBeNull()
  const html = await response.text()
  for (const target of targetsOf(html, myanm.issuer)) {
    expect([myanm.issuer.origin, HOME, 'data:']).toContain(
      target.protocol === 'data:' ? 'data:' : target.origin,
    )
  }
}

describe('the address a person is sent back to', () => {
  test.each(lookalikesOf(REGISTERED))('is not %j', async (address) => {
    const { url } = wire.request('guide-social', { redirect_uri: address })
    // Signed in, anonymous, and told to ask nothing: none of them leaves.
    await expectNoWayOut(await visitor.request(url))
    await expectNoWayOut(await newVisitor().request(url))
    url.searchParams.set('prompt', 'none')
    await expectNoWayOut(await visitor.request(url))
  })

  test('is given, once, and of the client that asks', async () => {
    const { url } = wire.request()
    const missing = new URL(url)
    missing.searchParams.delete('redirect_uri')
    await expectNoWayOut(await visitor.request(missing))
    const empty = new URL(url)
    empty.searchParams.set('redirect_uri', '')
    await expectNoWayOut(await visitor.request(empty))
    const twice = new URL(url)
    twice.searchParams.append('redirect_uri', REGISTERED)
    await expectNoWayOut(await visitor.request(twice))
    const unknown = new URL(url)
    unknown.searchParams.set('client_id', 'inconnu')
    await expectNoWayOut(await visitor.request(unknown))
    const foreign = new URL(url)
    foreign.searchParams.set('client_id', 'partner')
    await expectNoWayOut(await visitor.request(foreign))
  })

  test('is checked when a request is pushed, too', async () => {
    const { url } = wire.request()
    for (const address of lookalikesOf(REGISTERED)) {
      const fields = new URLSearchParams(url.search)
      fields.set('redirect_uri', address)
      const { status, body } = await wire.post('/par', fields)
      expect([status, body['request_uri']]).toEqual([400, undefined])
    }
  })

  test('cannot be replaced beside a pushed request', async () => {
    const fields = new URLSearchParams(wire.request().url.search)
    const { body } = await wire.post('/par', fields)
    const url = new URL('/authorize', myanm.issuer)
    url.search = new URLSearchParams({
      client_id: 'guide-social',
      request_uri: String(body['request_uri']),
      redirect_uri: `http://${EVIL}/`,
    }).toString()
    const response = await visitor.request(url)
    const location = response.headers.get('location')
    if (location !== null) expect(new URL(location, url).origin).toBe(HOME)
  })
})

describe('an error', () => {
  const faults: readonly (readonly [string, Record<string, string>])[] = [
    ['a response type nobody offers', { response_type: 'token' }],
    ['an implicit flow', { response_type: 'id_token' }],
    ['a hybrid flow', { response_type: 'code id_token' }],
    ['a scope of another site', { scope: 'openid bilan' }],
    ['an unknown response mode', { response_mode: 'carrier_pigeon' }],
    ['prompt none beside another', { prompt: 'none login' }],
    ['an unknown prompt', { prompt: 'please' }],
    ['a request object', { request: 'eyJhbGciOiJub25lIn0.e30.' }],
    ['a request by reference', { request_uri: `https://${EVIL}/request` }],
    ['a registration', { registration: '{}' }],
    ['a maximum age that is no number', { max_age: 'young' }],
    ['a resource nobody has', { resource: `https://${EVIL}/api` }],
    ['a challenge that is none', { code_challenge: 'short' }],
  ]

  test.each(faults)('of %s goes to the registered address only', async (_, parameters) => {
    const { url, state } = wire.request('guide-social', parameters)
    const response = await visitor.request(url)
    const location = response.headers.get('location')
    if (location !== null) {
      const target = new URL(location)
      expect(target.origin + target.pathname).toBe(REGISTERED)
      const parts = new URLSearchParams(target.search || target.hash.slice(1))
      expect(parts.get('error')).toEqual(expect.any(String))
      expect(parts.get('state')).toBe(state)
      expect(parts.get('iss')).toBe(myanm.issuer.origin)
      expect(parts.get('code')).toBeNull()
    } else {
      expect(response.status).toBe(400)
    }
    // With an address of somebody else, the same fault leads nowhere.
    url.searchParams.set('redirect_uri', `http://${EVIL}/`)
    await expectNoWayOut(await visitor.request(url))
  })
})

describe('the address after signing out', () => {
  const asking = (address: string, more: Record<string, string> = {}) => {
    const url = new URL('/logout', myanm.issuer)
    url.search = new URLSearchParams({
      client_id: 'guide-social',
      post_logout_redirect_uri: address,
      ...more,
    }).toString()
    return url
  }

  test.each(lookalikesOf(AFTER_SIGN_OUT))('is not %j', async (address) => {
    await expectNoWayOut(await visitor.request(asking(address)))
    await expectNoWayOut(await visitor.request(asking(address, { id_token_hint: idToken })))
    await expectNoWayOut(await newVisitor().request(asking(address)))
  })

  test('is not the one that people come back to with a code', async () => {
    await expectNoWayOut(await visitor.request(asking(REGISTERED)))
  })

  test('means nothing without a client that registered it', async () => {
    for (const person of [visitor, newVisitor()]) {
      const url = asking(`http://${EVIL}/`)
      url.searchParams.delete('client_id')
      const response = await person.request(url)
      expect(response.headers.get('location') ?? '').not.toContain(EVIL)
      expect(await response.text()).not.toContain(EVIL)
    }
  })

  test('of another client is refused, and so is another client’s proof', async () => {
    const [other] = await query<{ client_id: string }>(
      database,
      "select client_id from client where client_id = 'bilan'",
    )
    const url = asking(AFTER_SIGN_OUT, {
      client_id: other?.client_id ?? '',
      id_token_hint: idToken,
    })
    await expectNoWayOut(await visitor.request(url))
    expect((await visitor.go(new URL('/compte', myanm.issuer))).status).toBe(200)
  })
})

describe('no other parameter leads away', () => {
  const NAMES =
    'url uri next return return_to returnTo redirect redirect_uri continue dest target_link_uri from back goto post_logout_redirect_uri'.split(
      ' ',
    )
  const PAYLOADS = [
    `http://${EVIL}/`,
    `https://${EVIL}`,
    `//${EVIL}`,
    `///${EVIL}`,
    `/\\${EVIL}`,
    `\\\\${EVIL}`,
    `/%09/${EVIL}`,
    `/%5c${EVIL}`,
    `https:${EVIL}`,
    `javascript:alert(document.domain)`,
    `http://localhost@${EVIL}/`,
    `/..//${EVIL}`,
  ]

  async function expectHome(response: Response, url: URL): Promise<void> {
    expect(response.status).toBeLessThan(500)
    const location = response.headers.get('location')
    const targets = [
      ...(location === null ? [] : [new URL(location, url)]),
      ...targetsOf(await response.text(), url),
    ]
    for (const target of targets) {
      expect(target.hostname).not.toContain(EVIL)
      expect(target.protocol).not.toBe('javascript:')
    }
  }

  test.each(['/', '/compte', '/compte/retour', '/logout', '/logout/success', '/inconnue'])(
    'on %s',
    async (path) => {
      for (const payload of PAYLOADS) {
        const url = new URL(path, myanm.issuer)
        for (const name of NAMES) url.searchParams.set(name, payload)
        await expectHome(await visitor.request(url), url)
        await expectHome(await newVisitor().request(url), url)
      }
    },
  )

  test('on the pages of a sign-in', async () => {
    const person = newVisitor()
    const { url } = await person.go(wire.request().url)
    for (const payload of PAYLOADS) {
      for (const path of [url.pathname, `${url.pathname}/mot-de-passe`]) {
        const page = new URL(path, myanm.issuer)
        for (const name of NAMES) page.searchParams.set(name, payload)
        await expectHome(await person.request(page), page)
      }
    }
  })

  test('nor does a path that looks like another host', async () => {
    for (const path of [
      `//${EVIL}`,
      `///${EVIL}/..`,
      `/\\${EVIL}`,
      `/%2f%2f${EVIL}`,
      `/.//${EVIL}`,
    ]) {
      const url = new URL(myanm.issuer.origin + path)
      await expectHome(await newVisitor().request(url), url)
    }
  })

  test('nor does the page a refused form says it came from', async () => {
    for (const referer of [
      `http://${EVIL}/`,
      `${myanm.issuer.origin}//${EVIL}/`,
      `${myanm.issuer.origin}/\\${EVIL}/`,
      `${myanm.issuer.origin}@${EVIL}/`,
    ]) {
      const url = new URL('/connexion/x', myanm.issuer)
      const headers = {
        referer,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'text/html',
      }
      const response = await newVisitor().request(url, { method: 'POST', body: 'a=b', headers })
      expect(response.status).toBe(403)
      await expectHome(response, url)
    }
  })
})
