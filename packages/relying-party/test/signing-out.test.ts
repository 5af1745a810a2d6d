import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { Browser } from './stage/browser.ts'
import { query } from './stage/database.ts'
import { anne } from './stage/people.ts'
import { type Stage, setStage } from './stage/stage.ts'

describe('signing out', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await setStage()
    stage.provider.people.set('anne', anne)
    stage.provider.who = 'anne'
  }, 60_000)
  afterAll(() => stage.clear())
  beforeEach(() => stage.provider.forget())

  const at = (path: string) => new URL(path, stage.site)
  const signIn = async (browser = new Browser()) => {
    await browser.open(at('/connexion'))
    return browser
  }
  const isSignedIn = async (browser: Browser) => {
    const who = (await (await browser.send(at('/qui'))).json()) as object
    return 'sub' in who
  }
  const seen = (path: string) => stage.provider.seen.get(path) ?? 0

  test('asks first: a link signs nobody out', async () => {
    const browser = await signIn()
    const page = await browser.open(at('/deconnexion'))
    expect(page.status).toBe(200)
    expect(page.text).toContain('Se déconnecter de MonASBL')
    expect(page.text).toContain('Se déconnecter de tous les sites')
    expect(await isSignedIn(browser)).toBe(true)
  })

  test('here: this site forgets, MyANM remembers, the refresh token is dead', async () => {
    const browser = await signIn()
    const page = await browser.submit(await browser.open(at('/deconnexion')), '/deconnexion', {
      partout: 'non',
    })
    expect(page.url.href).toBe(at('/').href)
    expect(page.text).toContain('Vous êtes déconnecté·e de ce site.')
    expect(page.text).toContain('Connectez-vous')
    expect(await isSignedIn(browser)).toBe(false)
    expect(seen('/token/revocation')).toBe(1)
    expect((await browser.open(at('/'))).text).not.toContain('Vous êtes déconnecté·e')

    stage.provider.who = 'nobody'
    await browser.open(at('/connexion'))
    stage.provider.who = 'anne'
    expect(await isSignedIn(browser)).toBe(true)
  })

  test('everywhere: MyANM forgets too, and one is back on the site, told so', async () => {
    const browser = await signIn()
    const elsewhere = new Browser()
    elsewhere.setCookie(
      stage.site,
      'session-site',
      String(browser.cookie(stage.site, 'session-site')),
    )
    const asked = await browser.submit(await browser.open(at('/deconnexion')), '/deconnexion', {
      partout: 'oui',
    })
    expect(asked.url.origin).toBe(stage.provider.issuer.origin)
    expect(asked.url.searchParams.get('post_logout_redirect_uri')).toBe(at('/deconnecte').href)
    expect(asked.url.searchParams.get('id_token_hint')).toMatch(/^eyJ/)
    const after = await browser.submit(asked, `${stage.provider.issuer.origin}/session/end/confirm`)
    expect(after.url.pathname).toBe('/deconnecte')
    expect(after.text).toContain('Vous êtes déconnecté·e')
    expect(after.text).toContain('href="/connexion"')
    expect(await isSignedIn(browser)).toBe(false)
    expect(await isSignedIn(elsewhere)).toBe(false)
  })

  test('on another site: MyANM tells this one', async () => {
    const browser = await signIn()
    const end = await browser.open(new URL('/session/end', stage.provider.issuer))
    await browser.submit(end, `${stage.provider.issuer.origin}/session/end/confirm`)
    expect(seen('/session/end/confirm')).toBe(1)
    expect(await isSignedIn(browser)).toBe(false)
  })

  test('with MyANM away: here always; everywhere is said to be half done', async () => {
    const here = await signIn()
    const everywhere = await signIn()
    const pageHere = await here.open(at('/deconnexion'))
    const pageEverywhere = await everywhere.open(at('/deconnexion'))
    await stage.provider.goDown()
    try {
      const done = await here.submit(pageHere, '/deconnexion', { partout: 'non' })
      expect(done.status).toBe(200)
      expect(await isSignedIn(here)).toBe(false)
      const halfDone = await everywhere.submit(pageEverywhere, '/deconnexion', { partout: 'oui' })
      expect(halfDone.status).toBe(503)
      expect(halfDone.text).toContain('Vous êtes déconnecté·e de ce site, pas encore des autres')
      expect(await isSignedIn(everywhere)).toBe(false)
    } finally {
      await stage.provider.comeBack()
    }
  })

  test('a visitor has nothing to sign out of', async () => {
    const page = await new Browser().open(at('/deconnexion'))
    expect(page.url.pathname).toBe('/deconnecte')
    const signedIn = await (await signIn()).open(at('/deconnecte'))
    expect(signedIn.url.pathname).toBe('/deconnexion')
  })

  test.each([undefined, 'peut-être'])(
    'an answer that is neither yes nor no: %s',
    async (partout) => {
      const browser = await signIn()
      const page = await browser.open(at('/deconnexion'))
      const jeton = /name="jeton" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
      const response = await browser.send(at('/deconnexion'), {
        method: 'POST',
        body: new URLSearchParams({ jeton, ...(partout && { partout }) }),
      })
      expect(response.status).toBe(400)
      expect(await isSignedIn(browser)).toBe(true)
    },
  )

  test('a form from elsewhere signs nobody out', async () => {
    const browser = await signIn()
    const response = await browser.send(at('/deconnexion'), {
      method: 'POST',
      body: new URLSearchParams({ partout: 'oui' }),
      headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    })
    expect(response.status).toBe(403)
    expect(await isSignedIn(browser)).toBe(true)
  })
})

describe('a logout token', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await setStage()
    stage.provider.people.set('anne', anne)
    stage.provider.people.set('bruno', { ...anne, name: 'Bruno' })
    stage.provider.people.set('carla', { ...anne, name: 'Carla' })
  }, 60_000)
  afterAll(() => stage.clear())

  const at = (path: string) => new URL(path, stage.site)
  const signIn = async (who = 'anne') => {
    stage.provider.who = who
    const browser = new Browser()
    await browser.open(at('/connexion'))
    return browser
  }
  const isSignedIn = async (browser: Browser) => {
    const who = (await (await browser.send(at('/qui'))).json()) as object
    return 'sub' in who
  }
  const sidOf = async (sub: string) => {
    const rows = await query(
      stage.database,
      `select sid from session where sub = '${sub}' order by vouched_at desc, sid limit 1`,
    )
    return (rows[0] as { sid: string }).sid
  }
  const now = () => Math.floor(stage.clock.now().getTime() / 1000)
  const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
  const claims = (more: Record<string, unknown>) => {
    const all = {
      iss: stage.provider.issuer.origin,
      aud: 'site',
      iat: now(),
      exp: now() + 120,
      jti: crypto.randomUUID(),
      events: { [EVENT]: {} },
      ...more,
    }
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  }
  const tell = (token: string, more: RequestInit = {}) =>
    fetch(at('/deconnexion-centrale'), {
      method: 'POST',
      body: new URLSearchParams({ logout_token: token }),
      ...more,
    })

  test('ends the sign-in it names and no other', async () => {
    const anneHere = await signIn()
    const sid = await sidOf('anne')
    const brunoHere = await signIn('bruno')
    const response = await tell(await stage.provider.sign(claims({ sid, sub: 'anne' })))
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).toBe('')
    expect(await isSignedIn(anneHere)).toBe(false)
    expect(await isSignedIn(brunoHere)).toBe(true)
  })

  test('that names a person ends all their sign-ins', async () => {
    const browsers = [await signIn(), await signIn()]
    const brunoHere = await signIn('bruno')
    expect((await tell(await stage.provider.sign(claims({ sub: 'anne' })))).status).toBe(200)
    for (const browser of browsers) expect(await isSignedIn(browser)).toBe(false)
    expect(await isSignedIn(brunoHere)).toBe(true)
  })

  test('told again is a success and ends nothing begun since', async () => {
    await signIn('carla')
    const token = await stage.provider.sign(claims({ sub: 'carla', iat: now() - 2 }))
    expect((await tell(token)).status).toBe(200)
    const again = await signIn('carla')
    expect((await tell(token)).status).toBe(200)
    expect(await isSignedIn(again)).toBe(true)
    const kept = await query(
      stage.database,
      "select count(*)::int from logout_token where sub = 'carla'",
    )
    expect(kept).toEqual([{ count: 1 }])
  })

  test('that outruns the sign-in it ends still ends it', async () => {
    stage.provider.who = 'anne'
    const browser = new Browser()
    let callback = at('/connexion')
    while (callback.pathname !== '/retour') {
      const location = (await browser.send(callback)).headers.get('location')
      callback = new URL(String(location), callback)
    }
    await tell(await stage.provider.sign(claims({ sub: 'anne', iat: now() + 20 })))
    const page = await browser.open(callback)
    expect(page.status).toBe(400)
    expect(await isSignedIn(browser)).toBe(false)
  })

  test('for nobody we know is a success', async () => {
    const token = await stage.provider.sign(claims({ sid: 'unknown', sub: 'unknown' }))
    expect((await tell(token)).status).toBe(200)
  })

  describe('is refused and ends nothing', () => {
    const named = { sub: 'bruno' }
    test.each<[string, Record<string, unknown>, header?: Record<string, unknown>]>([
      ['from another issuer', { iss: 'https://evil.example' }],
      ['without issuer', { iss: undefined }],
      ['for another site', { aud: 'another' }],
      ['without audience', { aud: undefined }],
      ['expired', { iat: -400, exp: -200 }],
      ['without end', { exp: undefined }],
      ['without date', { iat: undefined }],
      ['of an hour ago, whatever its end', { iat: -3_600, exp: 3_600 }],
      ['of the future', { iat: 3_600, exp: 7_200 }],
      ['with a nonce', { nonce: 'n' }],
      ['without events', { events: undefined }],
      ['with another event', { events: { 'https://example.org/event': {} } }],
      ['whose events are a list', { events: [EVENT] }],
      ['whose event is no object', { events: { [EVENT]: true } }],
      ['without jti', { jti: undefined }],
      ['that names nobody', { sub: undefined }],
      ['whose sub is no text', { sub: 7 }],
      ['whose sid is no text', { sid: {} }],
      ['that is an ID token', {}, { typ: 'JWT' }],
      ['of no type', {}, { typ: undefined }],
      ['of another type', {}, { typ: 'at+jwt' }],
      ['signed with a key nobody knows', {}, { kid: 'unknown' }],
      ['with a critical header we do not know', {}, { crit: ['x'], x: 1 }],
    ])('%s', async (...[, change, header]) => {
      const browser = await signIn('bruno')
      const shifted = Object.fromEntries(
        Object.entries(change).map(([name, value]) => [
          name,
          typeof value === 'number' && name !== 'sub' ? now() + value : value,
        ]),
      )
      const token = await stage.provider
        .sign(claims({ ...named, ...shifted }), header)
        .catch(() => 'not.even.signed')
      const response = await tell(token)
      expect(response.status).toBe(400)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(await response.json()).toEqual({ error: 'invalid_request' })
      expect(await isSignedIn(browser)).toBe(true)
    })

    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

    test('without signature (alg none)', async () => {
      const header = part({ alg: 'none', typ: 'logout+jwt' })
      expect((await tell(`${header}.${part(claims(named))}.`)).status).toBe(400)
    })

    test('signed with the public key or the secret of the site as a shared one', async () => {
      const { SignJWT } = await import('jose')
      const secrets = ['the secret of the site, long enough']
      const keys = await fetch(new URL('/jwks', stage.provider.issuer))
      secrets.push(await keys.text())
      for (const secret of secrets) {
        const token = await new SignJWT(claims(named))
          .setProtectedHeader({ alg: 'HS256', kid: 'first', typ: 'logout+jwt' })
          .sign(Buffer.from(secret))
        expect((await tell(token)).status).toBe(400)
      }
    })

    test('altered after it was signed', async () => {
      const [header, , signature] = (await stage.provider.sign(claims({ sub: 'x' }))).split('.')
      expect((await tell(`${header}.${part(claims(named))}.${signature}`)).status).toBe(400)
    })

    test.each(['', 'x', 'a.b.c', '....', 'é'.repeat(100)])('that is none: %j', async (token) => {
      expect((await tell(token)).status).toBe(400)
    })

    test('sent otherwise than in a form, or twice', async () => {
      const token = await stage.provider.sign(claims(named))
      const json = { 'content-type': 'application/json' }
      const body = JSON.stringify({ logout_token: token })
      expect((await tell(token, { headers: json, body })).status).toBe(400)
      const twice = new URLSearchParams([
        ['logout_token', token],
        ['logout_token', token],
      ])
      expect((await tell(token, { body: twice })).status).toBe(400)
      expect((await tell(token, { body: new URLSearchParams() })).status).toBe(400)
      const get = await fetch(at(`/deconnexion-centrale?logout_token=${token}`))
      expect(get.status).toBe(405)
    })
  })

  test('is put off when MyANM’s keys cannot be had', async () => {
    const other = await setStage()
    try {
      const token = await other.provider.sign({ iss: other.provider.issuer.origin })
      await other.provider.goDown()
      const response = await fetch(new URL('/deconnexion-centrale', other.site), {
        method: 'POST',
        body: new URLSearchParams({ logout_token: token }),
      })
      expect(response.status).toBe(503)
    } finally {
      await other.clear()
    }
  }, 60_000)
})
