import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  client,
  freePort,
  newVisitor,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { type ListeningSite, listeningSite } from './stage/listening-site.ts'
import { until } from './stage/until.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const AFTER = 'http://localhost:9999/deconnecte'

let database: TestDatabase
let myanm: TestIdp
let wire: Wire
const sites = new Map<string, ListeningSite>()
const names = ['guide-social', 'monasbl', 'sweeli'] as const

beforeAll(async () => {
  database = await withDatabase()
  for (const name of names) sites.set(name, await listeningSite())
  const site = (id: string) =>
    client({ id, name: id, kind: 'site', home: sites.get(id)?.home ?? null })
  myanm = await startTestIdp({
    database,
    clients: [...names.map(site), client({ id: 'bilan' })],
  })
  // Where people land after signing out is looked at, not followed.
  await query(database, 'update client set post_logout_redirect_uris = array[$1]', [AFTER])
  wire = onTheWire(myanm.issuer)
  // The engine hears of it in a moment.
  const asked = logoutAddress({ client_id: 'guide-social', post_logout_redirect_uri: AFTER })
  await until(async () => (await newVisitor().request(asked)).status === 303)
})

afterAll(async () => {
  for (const site of sites.values()) await site.close()
  await myanm.stop()
  await database.drop()
})

beforeEach(() => {
  for (const site of sites.values()) site.forget()
})

const heardBy = (name: string) => sites.get(name)?.tokens ?? []

/** How often a site heard of one sign-in, by what that was called there. */
const heardOf = (name: string, id = '') =>
  heardBy(name).filter(({ token }) => decodeJwt(token)['sid'] === decodeJwt(id)['sid']).length

function logoutAddress(parameters: Readonly<Record<string, string>> = {}): URL {
  const url = new URL('/logout', myanm.issuer)
  url.search = new URLSearchParams(parameters).toString()
  return url
}

/** Somebody signed in at the given sites, and what these got. */
async function signedInAt(login: string, at: readonly string[]) {
  const visitor = newVisitor()
  await visitor.go(wire.request(at[0]).url)
  await typeCredentials(visitor, login)
  const tokens = new Map<string, Awaited<ReturnType<Wire['tokensOf']>>>()
  for (const site of at) tokens.set(site, await wire.tokensOf(visitor, site))
  return { visitor, tokens, hint: tokens.get(at[0] ?? '')?.id ?? '' }
}

async function isSignedIn(visitor: Visitor): Promise<boolean> {
  const response = await visitor.request(new URL('/compte', myanm.issuer))
  await response.text()
  return response.status === 200
}

describe('signing out', () => {
  test('with the site’s proof asks nothing, and leads back where the site wanted', async () => {
    const { visitor, hint } = await signedInAt('lecteur', ['guide-social'])
    const page = await visitor.go(
      logoutAddress({ id_token_hint: hint, post_logout_redirect_uri: AFTER, state: 'x y&z' }),
    )
    expect(page.url.origin + page.url.pathname).toBe(AFTER)
    expect(page.url.searchParams.get('state')).toBe('x y&z')
    expect(await isSignedIn(visitor)).toBe(false)
  })

  test('without a proof asks first, and nobody is signed out meanwhile', async () => {
    const { visitor, hint } = await signedInAt('lecteur', ['guide-social'])
    for (const parameters of [{}, { client_id: 'guide-social', post_logout_redirect_uri: AFTER }]) {
      const page = await visitor.go(logoutAddress(parameters))
      expect(page.status).toBe(200)
      expect(page.text).toContain('Se déconnecter de tous les sites ?')
      expect(await isSignedIn(visitor)).toBe(true)
    }
    const page = await visitor.submit({ button: { name: 'logout', value: 'yes' } })
    expect(page.url.href).toBe(AFTER)
    expect(await isSignedIn(visitor)).toBe(false)
    await until(() => heardOf('guide-social', hint) === 1)
  })

  test('cannot be answered by a page of somebody else', async () => {
    const { visitor } = await signedInAt('lecteur', ['guide-social'])
    const page = await visitor.go(logoutAddress())
    const secret = String(page.$('input[name=xsrf]').attr('value'))
    const other = newVisitor()
    await signedInAt('collegue', ['guide-social']).then(({ visitor: stranger }) =>
      stranger.go(logoutAddress()),
    )
    const confirm = new URL('/logout/confirm', myanm.issuer)
    const forged = [
      { logout: 'yes' },
      { logout: 'yes', xsrf: '' },
      { logout: 'yes', xsrf: 'x'.repeat(secret.length) },
      { logout: 'yes', xsrf: secret.slice(0, -1) },
    ]
    for (const fields of forged) {
      const answer = await visitor.post(confirm, fields, { origin: 'http://evil.example' })
      expect(answer.status).toBe(400)
    }
    expect((await other.post(confirm, { logout: 'yes', xsrf: secret })).status).toBe(400)
    confirm.search = new URLSearchParams({ logout: 'yes', xsrf: secret }).toString()
    expect((await visitor.go(confirm)).status).toBeGreaterThanOrEqual(400)
    expect(await isSignedIn(visitor)).toBe(true)
  })

  test('takes the proof of this very session only', async () => {
    const mine = await signedInAt('lecteur', ['guide-social'])
    const elsewhere = await signedInAt('lecteur', ['guide-social'])
    const stranger = await signedInAt('voisin', ['guide-social'])
    for (const { hint } of [elsewhere, stranger]) {
      const page = await mine.visitor.go(logoutAddress({ id_token_hint: hint }))
      expect(page.text).toContain('Se déconnecter de tous les sites ?')
      expect(await isSignedIn(mine.visitor)).toBe(true)
    }
    // A proof that was good, of a session that has ended.
    await mine.visitor.go(logoutAddress({ id_token_hint: mine.hint }))
    expect(await isSignedIn(mine.visitor)).toBe(false)
    await mine.visitor.go(wire.request().url)
    await typeCredentials(mine.visitor, 'lecteur')
    await mine.visitor.go(logoutAddress({ id_token_hint: mine.hint }))
    expect(await isSignedIn(mine.visitor)).toBe(true)
  })

  test('when nobody is signed in asks nothing', async () => {
    const visitor = newVisitor()
    expect((await visitor.go(logoutAddress())).text).toContain('Vous êtes déconnecté')
    const page = await visitor.go(
      logoutAddress({ client_id: 'guide-social', post_logout_redirect_uri: AFTER, state: 's' }),
    )
    expect(page.url.href).toBe(`${AFTER}?state=s`)
    for (const site of names) expect(heardBy(site)).toHaveLength(0)
  })

  test('is written in the journal, asked or proven', async () => {
    const account = myanm.accounts.get('responsable')
    const written = () =>
      query(database, "select from journal where event = 'signed-out' and account_id = $1", [
        account,
      ])
    const first = await signedInAt('responsable', ['guide-social'])
    await first.visitor.go(logoutAddress({ id_token_hint: first.hint }))
    expect(await written()).toHaveLength(1)
    const second = await signedInAt('responsable', ['guide-social'])
    await second.visitor.go(logoutAddress())
    await second.visitor.submit({ button: { name: 'logout', value: 'yes' } })
    expect(await written()).toHaveLength(2)
  })

  test('forgets for whom one acted', async () => {
    const { visitor } = await signedInAt('lecteur', ['guide-social'])
    await visitor.go(
      wire.request('guide-social', {
        organisation: myanm.organisations.get('tilleuls') ?? '',
      }).url,
    )
    expect((await query(database, 'select from acting_context')).length).toBeGreaterThan(0)
    await visitor.go(logoutAddress())
    await visitor.submit({ button: { name: 'logout', value: 'yes' } })
    expect(await query(database, 'select from acting_context')).toHaveLength(0)
  })
})

describe('what ends with it', () => {
  test.each(['proven', 'asked'])(
    'every token of every site, at once, when it is %s',
    async (way) => {
      const { visitor, tokens, hint } = await signedInAt('collaborateur', names)
      const pending = await wire.newCode(visitor, 'monasbl')
      await visitor.go(logoutAddress(way === 'proven' ? { id_token_hint: hint } : {}))
      if (way === 'asked') await visitor.submit({ button: { name: 'logout', value: 'yes' } })
      for (const [site, { access, refresh }] of tokens) {
        expect((await wire.userinfo(access)).status).toBe(401)
        expect(await wire.introspect(access, site)).toEqual({ active: false })
        expect((await wire.refresh(refresh, { client: site })).status).toBe(400)
      }
      const late = await wire.redeem(pending, { client: 'monasbl' })
      if (late.status === 200) {
        const token = String(late.body['access_token'])
        expect(await wire.introspect(token, 'monasbl')).toEqual({ active: false })
      }
    },
  )

  test('the session, even while other tabs are asking', async () => {
    const account = myanm.accounts.get('independant')
    for (const way of ['proven', 'asked']) {
      const { visitor, hint } = await signedInAt('independant', ['guide-social'])
      const cookies = await visitor.jar.getCookieString(myanm.issuer.href)
      const headers = { cookie: cookies, accept: 'text/html' }
      const asking = await visitor.go(logoutAddress())
      const xsrf = String(asking.$('input[name=xsrf]').attr('value'))
      const tab = async (turn: number) => {
        const { url, verifier } = wire.request(names[turn % 3], { prompt: 'none' })
        const response = await fetch(url, { headers, redirect: 'manual' })
        const location = new URL(response.headers.get('location') ?? '')
        return { code: location.searchParams.get('code'), verifier, site: names[turn % 3] }
      }
      const tabs = Array.from({ length: 12 }, (_, turn) => tab(turn))
      const signOut =
        way === 'proven'
          ? fetch(logoutAddress({ id_token_hint: hint }), { headers, redirect: 'manual' })
          : fetch(new URL('/logout/confirm', myanm.issuer), {
              method: 'POST',
              headers,
              redirect: 'manual',
              body: new URLSearchParams({ logout: 'yes', xsrf }),
            })
      const more = Array.from({ length: 12 }, (_, turn) => tab(turn))
      expect((await signOut).status).toBe(303)
      const answers = await Promise.all([...tabs, ...more])
      const sessions = await query(
        database,
        "select from oidc_artefact where kind = 'Session' and account_id = $1",
        [account],
      )
      expect(sessions).toHaveLength(0)
      for (const { code, verifier, site } of answers) {
        if (code === null || site === undefined) continue
        const { body } = await wire.redeem({ code, verifier }, { client: site })
        const token = String(body['access_token'] ?? 'none-was-given')
        expect(await wire.introspect(token, site)).toEqual({ active: false })
      }
      const late = await fetch(wire.request('guide-social', { prompt: 'none' }).url, {
        headers,
        redirect: 'manual',
      })
      expect(late.headers.get('location')).toContain('login_required')
    }
  })
})

describe('every site that knows the person is told', () => {
  test('once, in a token of its own that it can verify', async () => {
    const { visitor, tokens, hint } = await signedInAt('gestionnaire', ['guide-social', 'monasbl'])
    await visitor.go(logoutAddress({ id_token_hint: hint }))
    const told = (site: string) => heardOf(site, tokens.get(site)?.id)
    await until(() => told('guide-social') > 0 && told('monasbl') > 0)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(heardBy('sweeli')).toHaveLength(0)
    const keys = createRemoteJWKSet(new URL('/jwks', myanm.issuer))
    for (const site of ['guide-social', 'monasbl']) {
      expect(told(site)).toBe(1)
      const { payload, protectedHeader } = await jwtVerify(
        heardBy(site).at(-1)?.token ?? '',
        keys,
        {
          issuer: myanm.issuer.origin,
          audience: site,
          typ: 'logout+jwt',
          algorithms: ['ES256'],
        },
      )
      const claims = decodeJwt(tokens.get(site)?.id ?? '')
      expect(protectedHeader).toEqual({
        alg: 'ES256',
        kid: expect.any(String),
        typ: 'logout+jwt',
      })
      expect(payload).toEqual({
        iss: myanm.issuer.origin,
        aud: site,
        sub: claims.sub,
        sid: claims['sid'],
        events: { [EVENT]: {} },
        iat: expect.any(Number),
        exp: expect.any(Number),
        jti: expect.any(String),
      })
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(120)
    }
  })

  test('in a token that opens nothing here', async () => {
    const first = await signedInAt('gestionnaire', ['guide-social'])
    await first.visitor.go(logoutAddress({ id_token_hint: first.hint }))
    await until(() => heardOf('guide-social', first.hint) === 1)
    const token = heardBy('guide-social').at(-1)?.token ?? ''
    const { visitor } = await signedInAt('gestionnaire', ['guide-social'])
    await visitor.go(logoutAddress({ id_token_hint: token }))
    expect(await isSignedIn(visitor)).toBe(true)
    expect((await wire.userinfo(token)).status).toBe(401)
    expect((await wire.refresh(token)).status).toBe(400)
    expect((await wire.post('/introspect', { token })).body['active']).not.toBe(true)
    expect((await wire.redeem({ code: token, verifier: 'v'.repeat(43) })).status).toBe(400)
  })

  test('by one name, in however many tabs the person signed in at once', async () => {
    const { visitor } = await signedInAt('gestionnaire', ['guide-social'])
    const ids = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const { url, verifier } = wire.request('sweeli')
        const location = (await visitor.request(url)).headers.get('location') ?? ''
        const code = new URL(location).searchParams.get('code') ?? ''
        const { body } = await wire.redeem({ code, verifier }, { client: 'sweeli' })
        return decodeJwt(String(body['id_token']))['sid']
      }),
    )
    expect(new Set(ids).size).toBe(1)
    await visitor.go(logoutAddress())
    await visitor.submit({ button: { name: 'logout', value: 'yes' } })
    await until(() => heardBy('sweeli').length === 1)
    expect(decodeJwt(heardBy('sweeli')[0]?.token ?? '')['sid']).toBe(ids[0])
    // The other site of this sign-in is told too: not in the middle of the next test.
    await until(() => heardBy('guide-social').length === 1)
  })

  test('again until it has heard, and no other site waits for it', async () => {
    sites.get('guide-social')?.behave((answer, times) => {
      answer.writeHead(times === 1 ? 500 : 204).end()
    })
    // Takes the word and never answers: given up after five seconds, then tried again.
    sites.get('monasbl')?.behave((answer, times) => {
      if (times > 1) answer.writeHead(200).end()
    })
    const { visitor, hint } = await signedInAt('gestionnaire', names)
    const signedOut = performance.now()
    await visitor.go(logoutAddress({ id_token_hint: hint }))
    await until(() => heardBy('sweeli').length === 1)
    // The silent site keeps its own line busy for five seconds, and nobody else's.
    expect((heardBy('sweeli')[0]?.at ?? 0) - signedOut).toBeLessThan(4500)
    await until(() => heardBy('guide-social').length === 2, 15_000)
    await until(() => heardBy('monasbl').length === 2, 25_000)
    const [first, second] = heardBy('guide-social').map(({ token }) => decodeJwt(token))
    expect(second?.jti).not.toBe(first?.jti)
    expect(second?.['sid']).toBe(first?.['sid'])
    expect(heardBy('sweeli')).toHaveLength(1)
  })

  test('when it comes up again, having been down', async () => {
    const port = await freePort()
    const home = `http://localhost:${port}`
    await query(database, 'update client set backchannel_logout_uri = $1 where client_id = $2', [
      `${home}/deconnexion-centrale`,
      'sweeli',
    ])
    const { visitor, hint } = await signedInAt('gestionnaire', ['sweeli'])
    await visitor.go(logoutAddress({ id_token_hint: hint }))
    await new Promise((resolve) => setTimeout(resolve, 500))
    const site = await listeningSite(port)
    await until(() => site.tokens.length === 1, 15_000)
    await site.close()
  })
})
