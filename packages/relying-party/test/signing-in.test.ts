import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { Browser } from './stage/browser.ts'
import { query } from './stage/database.ts'
import { elsewhere } from './stage/open-redirects.ts'
import { anne, bruno } from './stage/people.ts'
import { type Stage, setStage } from './stage/stage.ts'

const SESSION = 'session-site'

describe('signing in', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await setStage()
    stage.provider.people.set('anne', anne)
    stage.provider.people.set('bruno', bruno)
  }, 60_000)
  afterAll(() => stage.clear())
  beforeEach(() => {
    stage.provider.who = 'anne'
  })

  const at = (path: string) => new URL(path, stage.site)
  const signIn = async (browser = new Browser(), path = '/connexion') => {
    const page = await browser.open(at(path))
    expect(page.status).toBe(200)
    return browser
  }
  const whoIs = async (browser: Browser): Promise<Record<string, unknown>> =>
    (await (await browser.send(at('/qui'))).json()) as Record<string, unknown>
  /** Begins to sign in and stops at the door of the callback. */
  const begin = async (browser: Browser, path = '/connexion'): Promise<URL> => {
    let address = at(path)
    for (let hop = 0; hop < 8; hop += 1) {
      const response = await browser.send(address)
      address = new URL(String(response.headers.get('location')), address)
      if (address.pathname === '/retour') return address
    }
    throw new Error('The callback is never reached')
  }

  test('leads to MyANM and back, with name and organisation on every page', async () => {
    const browser = new Browser()
    const before = await browser.open(at('/'))
    expect(before.text).toContain('Connectez-vous')
    const after = await browser.open(at('/connexion'))
    expect(after.url.href).toBe(at('/').href)
    expect(after.text).toContain('Anne Dupont')
    expect(after.text).toContain('Les Tilleuls ASBL')
    expect(after.text).toContain(`href="${new URL('/compte', stage.provider.issuer).href}"`)
    expect(after.text).not.toContain('Connectez-vous')
    expect(await whoIs(browser)).toMatchObject({
      sub: 'anne',
      name: 'Anne Dupont',
      email: 'anne@exemple.be',
      accountType: 'organisme',
      organisation: { id: 'tilleuls', role: 'COLLABORATEUR', bce: '0566988259' },
      actor: { kind: 'person', organisation: { role: 'COLLABORATEUR' } },
    })
  })

  test('asks with PKCE, state and nonce, each time others', async () => {
    const asked = []
    for (let time = 0; time < 2; time += 1) {
      await begin(new Browser())
      asked.push(stage.provider.asked)
    }
    for (const parameters of asked) {
      expect(parameters.get('response_type')).toBe('code')
      expect(parameters.get('code_challenge_method')).toBe('S256')
      expect(parameters.get('redirect_uri')).toBe(at('/retour').href)
      expect(parameters.get('scope')).toBe('openid profile email compte organisation')
    }
    for (const name of ['state', 'nonce', 'code_challenge']) {
      const [first, second] = asked.map((parameters) => parameters.get(name))
      expect(first).toMatch(/^[\w-]{43}$/)
      expect(first).not.toBe(second)
    }
  })

  test('a page for signed-in people comes back to itself, query included', async () => {
    const browser = new Browser()
    const page = await browser.open(at('/prive?page=2&tri=date'))
    expect(page.status).toBe(200)
    expect(page.url.href).toBe(at('/prive?page=2&tri=date').href)
  })

  test('a form sent by nobody in particular is refused with a way to sign in', async () => {
    const browser = new Browser()
    const home = await browser.open(at('/'))
    const refused = await browser.submit(home, '/ecrire')
    expect(refused.status).toBe(401)
    expect(refused.text).toContain('href="/connexion"')
  })

  test('a program that asks for JSON is told, not redirected', async () => {
    const response = await fetch(at('/prive'), {
      headers: { accept: 'application/json' },
      redirect: 'manual',
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
  })

  test('who is signed in already goes straight on', async () => {
    const browser = await signIn()
    stage.provider.forget()
    const page = await browser.open(at('/connexion?retour=/prive'))
    expect(page.url.href).toBe(at('/prive').href)
    expect(stage.provider.seen.size).toBe(0)
  })

  test('two tabs may sign in at once, in any order', async () => {
    const browser = new Browser()
    const first = await begin(browser, '/connexion?retour=/prive?onglet=1')
    const second = await begin(browser, '/connexion?retour=/prive?onglet=2')
    const afterSecond = await browser.open(second)
    expect(afterSecond.url.href).toBe(at('/prive?onglet=2').href)
    const afterFirst = await browser.open(first)
    expect(afterFirst.status).toBe(200)
    expect(afterFirst.url.href).toBe(at('/prive?onglet=1').href)
  })

  test('an answer brought by another browser is refused, and does not burn the owner’s', async () => {
    const owner = new Browser()
    const callback = await begin(owner)
    const thief = new Browser()
    const refused = await thief.open(callback)
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('Votre demande de connexion a expiré. Recommencez.')
    expect(refused.text).toContain('href="/connexion"')
    expect(await whoIs(thief)).toEqual({ visitor: true })
    await begin(thief)
    expect((await thief.open(callback)).status).toBe(400)
    expect((await owner.open(callback)).status).toBe(200)
    expect(await whoIs(owner)).toMatchObject({ sub: 'anne' })
  })

  test('the way back in history leads on to the page that was wanted', async () => {
    const browser = new Browser()
    const callback = await begin(browser, '/connexion?retour=/prive')
    await browser.open(callback)
    const again = await browser.open(callback)
    expect(again.status).toBe(200)
    expect(again.url.href).toBe(at('/prive').href)
  })

  test('an answer is good once: of twenty at the same time one opens a session', async () => {
    const browser = new Browser()
    const callback = await begin(browser)
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => (await browser.send(callback)).status),
    )
    expect(answers.filter((status) => status === 303)).toHaveLength(1)
    expect(answers.filter((status) => status === 400)).toHaveLength(19)
  })

  test.each([
    ['no state', (url: URL) => url.searchParams.delete('state')],
    ['a state never given', (url: URL) => url.searchParams.set('state', 'a'.repeat(43))],
    ['a state cut short', (url: URL) => url.searchParams.set('state', 'abc')],
  ])('an answer with %s has expired (E30)', async (_, change) => {
    const browser = new Browser()
    const callback = await begin(browser)
    change(callback)
    const page = await browser.open(callback)
    expect(page.status).toBe(400)
    expect(page.text).toContain('Votre demande de connexion a expiré. Recommencez.')
  })

  test.each([
    ['another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.example')],
    ['no issuer', (url: URL) => url.searchParams.delete('iss')],
    ['no code', (url: URL) => url.searchParams.delete('code')],
  ])('an answer with %s opens nothing, and one may start again', async (_, change) => {
    const browser = new Browser()
    const callback = await begin(browser, '/connexion?retour=/prive')
    change(callback)
    const page = await browser.open(callback)
    expect(page.status).toBe(400)
    expect(page.text).toContain('La connexion n’a pas abouti')
    expect(page.text).toContain('/connexion?retour=%2Fprive')
    expect(await whoIs(browser)).toEqual({ visitor: true })
  })

  test('another person’s code under one’s own state opens nothing', async () => {
    const attacker = new Browser()
    stage.provider.who = 'bruno'
    const theirs = await begin(attacker)
    stage.provider.who = 'anne'
    const victim = new Browser()
    const own = await begin(victim)
    own.searchParams.set('code', String(theirs.searchParams.get('code')))
    expect((await victim.open(own)).status).toBe(400)
    expect(await whoIs(victim)).toEqual({ visitor: true })
  })

  test('an answer after an hour has expired', async () => {
    const browser = new Browser()
    const callback = await begin(browser)
    stage.clock.forward(61 * 60_000)
    const page = await browser.open(callback)
    expect(page.status).toBe(400)
    expect(page.text).toContain('Votre demande de connexion a expiré. Recommencez.')
  })

  test('who changes their mind is told so, with ways on (E31)', async () => {
    stage.provider.who = 'cancel'
    const page = await new Browser().open(at('/prive'))
    expect(page.status).toBe(400)
    expect(page.text).toContain('La connexion a été annulée.')
    expect(page.text).toContain('href="/connexion?retour=%2Fprive"')
    expect(page.text).toContain('href="/"')
  })

  test('a parameter sent twice is refused', async () => {
    const browser = new Browser()
    const callback = await begin(browser)
    callback.searchParams.append('code', 'another')
    expect((await browser.open(callback)).status).toBe(400)
  })

  test('the session has an identifier nobody has seen, and the one before is dead', async () => {
    const browser = new Browser()
    const planted = 'A'.repeat(43)
    browser.setCookie(stage.site, SESSION, planted)
    await signIn(browser)
    const first = String(browser.cookie(stage.site, SESSION))
    expect(first).not.toBe(planted)
    await signIn(browser, '/connexion?organisation=tilleuls')
    expect(browser.cookie(stage.site, SESSION)).not.toBe(first)
    const old = new Browser()
    old.setCookie(stage.site, SESSION, first)
    expect(await whoIs(old)).toEqual({ visitor: true })
  })

  test('the choice of whom to act for goes to MyANM', async () => {
    const browser = await signIn()
    await signIn(browser, '/connexion?contexte=choisir&retour=/prive')
    expect(stage.provider.asked.get('prompt')).toBe('contexte')
    await signIn(browser, '/connexion?organisation=personnel')
    expect(stage.provider.asked.get('organisation')).toBe('personnel')
    await signIn(new Browser(), '/connexion?organisation=%3Cscript%3E')
    expect(stage.provider.asked.has('organisation')).toBe(false)
  })

  test.each(elsewhere)('%j in the address leads nowhere but home', async (address) => {
    const browser = new Browser()
    const callback = await begin(browser, `/connexion?retour=${encodeURIComponent(address)}`)
    const response = await browser.send(callback)
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe(at('/').href)
    const again = await browser.send(at(`/connexion?retour=${encodeURIComponent(address)}`))
    expect(again.headers.get('location')).toBe(at('/').href)
  })

  test.each([
    ['flipped', (value: string) => `${value.slice(0, -1)}${value.endsWith('A') ? 'E' : 'A'}`],
    ['cut', (value: string) => value.slice(0, 20)],
    ['longer', (value: string) => `${value}A`],
    ['empty', () => ''],
    ['8 kB long', () => 'A'.repeat(8_000)],
    ['another alphabet', () => `${'A'.repeat(42)}%`],
    ['percent-encoded', (value: string) => value.replace(/^./, '%41')],
    ['quoted', (value: string) => `"${value}"`],
  ])('a session cookie that is %s signs nobody in, and nothing breaks', async (_, change) => {
    const browser = await signIn()
    const value = String(browser.cookie(stage.site, SESSION))
    const response = await browser.send(at('/qui'), {
      headers: { cookie: `${SESSION}=${change(value)}` },
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ visitor: true })
  })

  test('two session cookies are nobody’s', async () => {
    const browser = await signIn()
    const value = String(browser.cookie(stage.site, SESSION))
    const other = String((await signIn()).cookie(stage.site, SESSION))
    for (const cookie of [
      `${SESSION}=${value}; ${SESSION}=${other}`,
      `${SESSION}=x; ${SESSION}=${value}`,
    ]) {
      const response = await browser.send(at('/qui'), { headers: { cookie } })
      expect(await response.json()).toEqual({ visitor: true })
    }
  })

  test('the cookie is for this site and the wire only', async () => {
    const browser = new Browser()
    const callback = await begin(browser)
    const [line] = (await browser.send(callback)).headers
      .getSetCookie()
      .filter((one) => one.startsWith(SESSION))
    expect(line).toMatch(/; path=\//i)
    expect(line).toMatch(/; httponly/i)
    expect(line).toMatch(/; samesite=lax/i)
    expect(line).not.toMatch(/domain|expires|max-age/i)
  })

  test('the database knows neither names, nor addresses, nor what opens MyANM', async () => {
    const browser = await signIn()
    const cookie = String(browser.cookie(stage.site, SESSION))
    const rows = JSON.stringify(
      await query(
        stage.database,
        "select s::text, encode(sealed_claims, 'escape'), encode(sealed_tokens, 'escape') from session s",
      ),
    )
    expect(rows).toContain('anne')
    for (const secret of ['Dupont', 'exemple.be', 'Tilleuls', 'eyJ', cookie]) {
      expect(rows).not.toContain(secret)
    }
    const pending = JSON.stringify(
      await query(stage.database, 'select p::text from pending_sign_in p'),
    )
    expect(pending).not.toContain(String(stage.provider.asked.get('state')))
  })

  test('left alone for half an hour a session is over; used, it goes on until twelve hours', async () => {
    const browser = await signIn()
    stage.clock.forward(29 * 60_000)
    expect(await whoIs(browser)).toMatchObject({ sub: 'anne' })
    stage.clock.forward(29 * 60_000)
    expect(await whoIs(browser)).toMatchObject({ sub: 'anne' })
    stage.clock.forward(31 * 60_000)
    expect(await whoIs(browser)).toEqual({ visitor: true })
  })

  test('what has expired is swept away by later sign-ins', async () => {
    stage.clock.forward(13 * 60 * 60_000)
    await signIn()
    const [{ count: sessions }] = (await query(
      stage.database,
      'select count(*)::int from session',
    )) as [{ count: number }]
    expect(sessions).toBe(1)
    const [{ count: pending }] = (await query(
      stage.database,
      'select count(*)::int from pending_sign_in',
    )) as [{ count: number }]
    expect(pending).toBe(1)
  })
})

test('used all day long a session ends twelve hours after the password', async () => {
  const stage = await setStage()
  try {
    stage.provider.people.set('anne', anne)
    stage.provider.who = 'anne'
    const browser = new Browser()
    await browser.open(new URL('/connexion', stage.site))
    const pages = async () => (await browser.send(new URL('/prive', stage.site))).status
    for (let minutes = 20; minutes < 12 * 60; minutes += 20) {
      stage.clock.forward(20 * 60_000)
      expect(await pages()).toBe(200)
    }
    stage.clock.forward(20 * 60_000)
    expect(await pages()).toBe(303)
  } finally {
    await stage.clear()
  }
}, 60_000)
