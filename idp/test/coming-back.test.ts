import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import {
  newVisitor,
  PASSWORD,
  type Page,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import fc from 'fast-check'
import { addsApplication, givesCode } from './stage/second-factors.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

let database: TestDatabase
let myanm: TestIdp
let wire: Wire

beforeAll(async () => {
  database = await withDatabase()
  myanm = await startTestIdp({ database })
  wire = onTheWire(myanm.issuer)
})

afterAll(async () => {
  await myanm.stop()
  await database.drop()
})

afterEach(async () => {
  await query(database, 'delete from attempt')
  await query(database, 'delete from one_time_password')
})

const at = (path: string): URL => new URL(path, myanm.issuer)
const isIn = ({ page }: Visitor): boolean => page?.url.searchParams.get('code') != null

async function signedIn(login = 'lecteur'): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(wire.request('guide-social').url)
  await typeCredentials(visitor, login)
  expect(isIn(visitor)).toBe(true)
  return visitor
}

/** Posts the form of a page that was left open in another tab. */
function submitsLater(visitor: Visitor, page: Page, fields: Record<string, string>): Promise<Page> {
  const form = page.$('main form').first()
  const body = new URLSearchParams(
    form.serializeArray().map(({ name, value }): [string, string] => [name, value]),
  )
  for (const [name, value] of Object.entries(fields)) body.set(name, value)
  return visitor.post(new URL(form.attr('action') ?? '', page.url), body, {
    origin: myanm.issuer.origin,
    referer: page.url.href,
  })
}

/** Where the page leads on: every link and button in it. */
const waysOn = ({ $ }: Page): string[] =>
  $('main a[href]')
    .toArray()
    .map((link) => String($(link).attr('href')))

describe('a journey that is over leads on', () => {
  test('finished in one tab, sent from another: one is in, and goes on to the site', async () => {
    const visitor = newVisitor()
    const first = await visitor.go(wire.request('guide-social').url)
    const second = await visitor.submit({ fields: { identifiant: 'lecteur' } })
    await visitor.submit({ fields: { mot_de_passe: PASSWORD } })
    expect(isIn(visitor)).toBe(true)
    for (const [page, fields] of [
      [first, { identifiant: 'lecteur' }],
      [second, { mot_de_passe: PASSWORD }],
      [second, { mot_de_passe: 'autre chose' }],
    ] as const) {
      const late = await submitsLater(visitor, page, fields)
      expect(late.status).toBe(409)
      expect(late.text).toContain('Vous êtes connecté')
      expect(late.text).toContain('Aller sur Guide Social')
      expect(waysOn(late)).toContain('http://localhost:9999')
      // The other sites have nothing to do with it.
      expect(waysOn(late)).not.toContain('http://localhost:9998')
    }
    // And is as signed in as before.
    await visitor.go(wire.request('guide-social', { prompt: 'none' }).url)
    expect(isIn(visitor)).toBe(true)
  })

  test('going back after signing in, to any of its pages', async () => {
    const visitor = newVisitor()
    const { url } = await visitor.go(wire.request('monasbl').url)
    await typeCredentials(visitor, 'lecteur')
    for (const path of ['', '/mot-de-passe', '/second-facteur', '/cle', '/inscription']) {
      const page = await visitor.go(at(url.pathname + path))
      // A place that only takes forms is no page.
      if (path === '/cle') expect(page.status).toBe(405)
      else
        expect([path, page.status, page.text.includes('Aller sur MonASBL')]).toEqual([
          path,
          409,
          true,
        ])
    }
  })

  test('pressed twice, or finished in two tabs at once: one is in, the other is told so', async () => {
    const visitor = newVisitor()
    const { url } = await visitor.go(wire.request('guide-social').url)
    await typeCredentials(visitor, 'lecteur')
    const resume = at(url.pathname.replace('/connexion/', '/authorize/'))
    const { pathname } = resume
    for (const cookie of ['', `reprise=${pathname.split('/')[2]}`]) {
      if (cookie) await visitor.jar.setCookie(`${cookie}; Path=${pathname}`, resume.href)
      const page = await visitor.go(resume)
      expect([page.status, page.text.includes('Vous êtes connecté')]).toEqual([409, true])
      expect(waysOn(page)).toContain('http://localhost:9999')
    }
    expect((await newVisitor().go(resume)).status).toBe(400)
  })

  test('that took too long, for somebody who is not in: it begins again at the site', async () => {
    const visitor = newVisitor()
    const page = await visitor.go(wire.request('monasbl').url)
    await query(database, "delete from oidc_artefact where kind = 'Interaction'")
    const late = await submitsLater(visitor, page, { identifiant: 'lecteur' })
    expect(late.status).toBe(400)
    expect(late.text).toContain('Votre demande de connexion a expiré. Recommencez.')
    expect(waysOn(late)[0]).toBe('http://localhost:9998')
  })

  test('that was MyANM’s own leads back to the account', async () => {
    const visitor = newVisitor()
    const page = await visitor.go(at('/compte'))
    await typeCredentials(visitor, 'lecteur')
    expect(visitor.page?.url.pathname).toBe('/compte')
    const late = await submitsLater(visitor, page, { identifiant: 'lecteur' })
    expect([late.status, waysOn(late)[0]]).toEqual([409, '/compte'])
  })

  test('one whose site we are not told lies about: any of the sites', async () => {
    const visitor = await signedIn()
    for (const forged of ['nowhere', '../x', 'é', 'https://evil.example', 'guide-social;']) {
      const page = await visitor.request(at('/connexion/abcdefgh-1234'), {
        headers: { cookie: `site=${encodeURIComponent(forged)}` },
      })
      const text = await page.text()
      expect([400, 409]).toContain(page.status)
      expect(text).not.toContain('evil.example')
    }
  })
})

describe('somebody who is signed in and is asked again', () => {
  test('sees whose password it is, and does not type who they are', async () => {
    const visitor = await signedIn()
    for (const parameters of [{ prompt: 'login' }, { max_age: '0' }]) {
      // The engine counts whole seconds.
      if ('max_age' in parameters) await new Promise((resolve) => setTimeout(resolve, 1100))
      const page = await visitor.go(wire.request('guide-social', parameters).url)
      expect(page.url.pathname).toMatch(/\/mot-de-passe$/)
      expect(page.text).toContain('lecteur@exemple.be')
      expect(page.$('input[name=rester_connecte]')).toHaveLength(0)
      expect(page.$('input[autocomplete=username]').attr('value')).toBe('lecteur@exemple.be')
      await visitor.submit({ fields: { mot_de_passe: PASSWORD } })
      expect(isIn(visitor)).toBe(true)
    }
  })

  test('is refused a wrong password as anybody, and counted as themselves', async () => {
    const visitor = await signedIn()
    await visitor.go(wire.request('guide-social', { prompt: 'login' }).url)
    for (let turn = 0; turn < 5; turn += 1) {
      const page = await visitor.submit({ fields: { mot_de_passe: 'ce-n-est-pas-cela' } })
      expect(page.status).toBe(422)
      expect(page.text).toContain('Identifiant ou mot de passe incorrect.')
    }
    const locked = await visitor.submit({ fields: { mot_de_passe: PASSWORD } })
    expect(locked.status).toBe(429)
    expect(locked.$('main a.govuk-button').attr('href')).toMatch(/^\/mot-de-passe\/oublie\?etape=/)
    // Whoever holds this browser has spent its tries, and nobody else's.
    expect(isIn(await signedIn('lecteur'))).toBe(true)
  })

  test('is somebody else: says so, and signs in as who they are', async () => {
    const visitor = await signedIn()
    await visitor.go(wire.request('guide-social', { prompt: 'login' }).url)
    const page = await visitor.follow('ce n’est pas moi')
    expect(page.$('input[name=identifiant]').attr('value')).toBeFalsy()
    await visitor.submit({ fields: { identifiant: 'voisin' } })
    await visitor.submit({ fields: { mot_de_passe: PASSWORD } })
    expect(isIn(visitor)).toBe(true)
    const account = await visitor.go(at('/compte'))
    expect(account.text).toContain('Voisin Dupont')
  })

  test('has left meanwhile in another tab: then it is nobody’s, and asks who it is', async () => {
    const visitor = await signedIn()
    const asked = await visitor.go(wire.request('guide-social', { prompt: 'login' }).url)
    await visitor.go(at('/logout'))
    await visitor.submit({
      form: 'form[action$="/logout/confirm"]',
      button: { name: 'logout', value: 'yes' },
    })
    const page = await submitsLater(visitor, asked, { mot_de_passe: PASSWORD })
    expect(isIn(visitor)).toBe(false)
    expect(page.status).toBe(400)
    expect(waysOn(page).length).toBeGreaterThan(0)
  })

  test('keeps « rester connecté » as it was', async () => {
    const visitor = newVisitor()
    await visitor.go(wire.request('guide-social').url)
    await visitor.submit({ fields: { identifiant: 'lecteur' } })
    await visitor.submit({ fields: { mot_de_passe: PASSWORD, rester_connecte: 'oui' } })
    const until = async () =>
      (await visitor.jar.getCookies(myanm.issuer.href)).find(({ key }) => key === 'myanm')?.expires
    expect(await until()).not.toBe('Infinity')
    await visitor.go(wire.request('guide-social', { prompt: 'login' }).url)
    await visitor.submit({ fields: { mot_de_passe: PASSWORD } })
    expect(await until()).not.toBe('Infinity')
    const other = await signedIn('voisin')
    await other.go(wire.request('guide-social', { prompt: 'login' }).url)
    await other.submit({ fields: { mot_de_passe: PASSWORD, rester_connecte: 'oui' } })
    const brief = (await other.jar.getCookies(myanm.issuer.href)).find(({ key }) => key === 'myanm')
    expect(brief?.expires).toBe('Infinity')
  })
})

describe('a session cannot be given to somebody (F28)', () => {
  test('its name changes when they sign in, and when they sign in again', async () => {
    const visitor = newVisitor()
    const nameOf = async () =>
      (await visitor.jar.getCookies(myanm.issuer.href)).find(({ key }) => key === 'myanm')?.value
    await visitor.jar.setCookie('myanm=chosen-by-an-attacker-0123456789', myanm.issuer.href)
    await visitor.go(wire.request('guide-social').url)
    await typeCredentials(visitor, 'lecteur')
    const first = await nameOf()
    expect(first).not.toBe('chosen-by-an-attacker-0123456789')
    await visitor.go(wire.request('guide-social', { prompt: 'login' }).url)
    await visitor.submit({ fields: { mot_de_passe: PASSWORD } })
    expect(await nameOf()).not.toBe(first)
    const thief = newVisitor()
    await thief.jar.setCookie(`myanm=${first}`, myanm.issuer.href)
    const none = await thief.go(wire.request('guide-social', { prompt: 'none' }).url)
    expect(none.url.searchParams.get('error')).toBe('login_required')
  })

  test('nor can a second factor that is owed: it is owed in one browser', async () => {
    await addsApplication(await signedIn(), myanm.issuer)
    const victim = newVisitor()
    await victim.go(wire.request('guide-social').url)
    await typeCredentials(victim, 'lecteur')
    const { pathname } = victim.page?.url ?? at('/')
    expect(pathname).toMatch(/second-facteur$/)
    for (const thief of [newVisitor(), await signedIn('voisin')]) {
      const page = await thief.go(at(pathname))
      expect([400, 409]).toContain(page.status)
      await thief.go(wire.request('guide-social', { prompt: 'login' }).url)
      const posted = await thief.post(
        at(pathname),
        {
          jeton: String(thief.page?.$('input[name=jeton]').attr('value')),
          moyen: 'application',
          code: '123456',
        },
        { origin: myanm.issuer.origin },
      )
      expect([400, 409]).toContain(posted.status)
    }
  })

  test('nor is it owed for ever: a quarter of an hour later it begins anew', async () => {
    const application = await addsApplication(await signedIn(), myanm.issuer)
    const visitor = newVisitor()
    await visitor.go(wire.request('guide-social').url)
    const page = await typeCredentials(visitor, 'lecteur')
    const move = (minutes: number) =>
      query(
        database,
        `update oidc_artefact set payload = jsonb_set(payload::jsonb, '{result,owing,provenAt}',
            to_jsonb($1::float8))::json
          where kind = 'Interaction' and payload -> 'result' -> 'owing' is not null`,
        [Date.now() - minutes * 60_000],
      )
    await move(16)
    await givesCode(visitor, application.code())
    expect(isIn(visitor)).toBe(false)
    expect(visitor.page?.url.pathname).toMatch(/^\/connexion\/[^/]+$/)
    await move(14)
    await visitor.go(page.url)
    await givesCode(visitor, application.code())
    expect(isIn(visitor)).toBe(true)
  })
})

describe('cookies of a journey that were changed (F29)', () => {
  /** One way to spoil a cookie: cut, changed, doubled, swapped, drowned. */
  const spoiled = (value: string) =>
    fc.oneof(
      fc.nat({ max: Math.max(0, value.length - 1) }).map((end) => value.slice(0, end)),
      fc
        .tuple(fc.nat({ max: Math.max(0, value.length - 1) }), fc.constantFrom(...'Az0-_.~%"é '))
        .map(([position, letter]) => value.slice(0, position) + letter + value.slice(position + 1)),
      fc.constantFrom('', `${value}${value}`, value.toUpperCase(), 'null', '{}', '0', '__proto__'),
      fc.string({ unit: 'binary-ascii', maxLength: 200 }),
      fc.constant('x'.repeat(6000)),
    )

  test('open nothing, and break nothing', async () => {
    await addsApplication(await signedIn(), myanm.issuer)
    const visitor = newVisitor()
    await visitor.go(wire.request('guide-social').url)
    const page = await typeCredentials(visitor, 'lecteur')
    const cookies = await visitor.jar.getCookies(page.url.href)
    expect(cookies.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['etape', 'identifiant', 'identifiant.sig', 'site']),
    )
    const others = (name: string) =>
      cookies.filter(({ key }) => key !== name).map(({ key, value }) => `${key}=${value}`)
    const cases = fc
      .constantFrom(...cookies)
      .chain((cookie) =>
        fc.record({
          name: fc.constant(cookie.key),
          value: spoiled(cookie.value),
          path: fc.constantFrom('', '/mot-de-passe', '/second-facteur', '/second-facteur/perdu'),
        }),
      )
      // What no client can put into a header is not a cookie.
      .filter(({ value }) => /^[\x20-\x7e\xa0-\xff]*$/.test(value))
    const uid = page.url.pathname.split('/')[2] ?? ''
    await fc.assert(
      fc.asyncProperty(cases, async ({ name, value, path }) => {
        const response = await fetch(at(`/connexion/${uid}${path}`), {
          redirect: 'manual',
          headers: {
            accept: 'text/html',
            cookie: Buffer.from([...others(name), `${name}=${value}`].join('; ')).toString(
              'latin1',
            ),
          },
        })
        const text = await response.text()
        expect([200, 302, 303, 400, 409, 431]).toContain(response.status)
        const location = response.headers.get('location') ?? ''
        expect(location).not.toContain('code=')
        expect(location.replace(/^http:\/\/localhost:\d+/, '')).toMatch(/^(\/connexion\/|$)/)
        expect(text).not.toContain('voisin')
      }),
      { numRuns: 150, seed: 1 },
    )
  }, 60_000)

  test('of another person’s journey are of no use in one’s own', async () => {
    const victim = newVisitor()
    await victim.go(wire.request('guide-social').url)
    await victim.submit({ fields: { identifiant: 'lecteur' } })
    const theirs = await victim.jar.getCookies(victim.page?.url.href ?? '')
    const thief = newVisitor()
    await thief.go(wire.request('guide-social').url)
    const own = thief.page?.url ?? at('/')
    for (const name of ['etape', 'identifiant', 'identifiant.sig']) {
      const cookie = theirs.find(({ key }) => key === name)
      await thief.jar.setCookie(`${name}=${cookie?.value}; Path=${own.pathname}`, own.href)
    }
    const page = await thief.go(own)
    expect(page.status).toBe(400)
  })
})
