import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  arrange,
  arrangeState,
  newVisitor,
  PASSWORD,
  query,
  startTestIdp,
  type TestDatabase,
  type TestIdp,
  typeCredentials,
  type Visitor,
  withDatabase,
} from '@myanm/testing'
import fc from 'fast-check'
import { plainly } from './stage/plain-http.ts'
import { onTheWire, type Wire } from './stage/wire.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

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

const epoch = () => Math.floor(Date.now() / 1000)
const at = (path: string) => new URL(path, myanm.issuer)

async function comeIn(login: string, fields: Record<string, string> = {}): Promise<Visitor> {
  const visitor = newVisitor()
  await visitor.go(at('/compte'))
  await visitor.submit({ fields: { identifiant: login } })
  await visitor.submit({ fields: { mot_de_passe: PASSWORD, ...fields } })
  if (visitor.page?.url.pathname !== '/compte') throw new Error(visitor.page?.text)
  return visitor
}

async function cookieOf(visitor: Visitor): Promise<string> {
  const cookies = await visitor.jar.getCookies(myanm.issuer.href)
  return cookies.find(({ key }) => key === 'myanm')?.value ?? ''
}

/** What MyANM shows to whoever sends these cookies, and nothing else. */
async function visitWith(cookie: string, path = '/compte') {
  const { status, headers, text } = await plainly(at(path), {
    headers: { cookie, accept: 'text/html' },
  })
  return { status, location: headers.location ?? '', text }
}

const isSignedIn = async (visitor: Visitor) =>
  (await visitWith(await visitor.jar.getCookieString(myanm.issuer.href))).status === 200

describe('the name of a session', () => {
  test('changes when somebody signs in, and the former one is worth nothing', async () => {
    const visitor = newVisitor()
    await visitor.go(wire.request().url)
    // A session that waits for nobody yet, as an attacker could plant it.
    const planted = await visitor.jar.getCookieString(myanm.issuer.href)
    const before = await cookieOf(visitor)
    await typeCredentials(visitor, 'lecteur')
    const after = await cookieOf(visitor)
    expect(after).not.toBe('')
    expect(after).not.toBe(before)
    expect((await visitWith(planted)).status).toBe(303)

    await visitor.go(wire.request('guide-social', { prompt: 'login' }).url)
    await typeCredentials(visitor, 'lecteur')
    expect(await cookieOf(visitor)).not.toBe(after)
    expect((await visitWith(`myanm=${after}`)).status).toBe(303)
    expect(await isSignedIn(visitor)).toBe(true)
  })

  test('is not kept in the table: whoever copies it is nobody', async () => {
    const visitor = await comeIn('lecteur')
    const value = await cookieOf(visitor)
    const found = await query(
      database,
      'select from oidc_artefact where payload::text like $1 or id = convert_to($2, $3)',
      [`%${value}%`, value, 'UTF8'],
    )
    expect(found).toHaveLength(0)
  })

  test('is a cookie scripts cannot read and other sites cannot send', async () => {
    const visitor = await comeIn('lecteur')
    const cookies = await visitor.jar.getCookies(myanm.issuer.href)
    expect(cookies.map(({ key }) => key).sort()).toEqual([
      'appareil',
      'myanm',
      'visiteur',
      'visiteur.sig',
    ])
    // That this browser is known stays when its person leaves: it opens nothing.
    for (const cookie of cookies.filter(({ key }) => key !== 'appareil')) {
      expect([cookie.key, cookie.httpOnly, cookie.sameSite]).toEqual([cookie.key, true, 'lax'])
      expect(cookie.path).toBe('/')
      // Ends with the browser: « Rester connecté » was not asked for.
      expect(cookie.expires).toBe('Infinity')
    }
  })
})

describe('a journey', () => {
  test('belongs to the browser it began in', async () => {
    const victim = newVisitor()
    const { url } = await victim.go(wire.request().url)
    const strangers = [newVisitor(), await comeIn('voisin')]
    await strangers[0]?.go(wire.request().url)
    for (const [position, stranger] of strangers.entries()) {
      // Who is signed in has nothing to do there, and is told so.
      const [refused, told] = position === 0 ? [400, 'expiré'] : [409, 'Vous êtes connecté']
      for (const path of [url.pathname, `${url.pathname}/mot-de-passe`]) {
        const page = await stranger.go(at(path))
        expect(page.status).toBe(refused)
        expect(page.text).toContain(told)
      }
      const own = await stranger.go(wire.request('guide-social', { prompt: 'login' }).url)
      const jeton = String(own.$('input[name=jeton]').attr('value'))
      for (const [path, field] of [
        ['', 'identifiant'],
        ['/mot-de-passe', 'mot_de_passe'],
        ['/annuler', 'x'],
      ]) {
        const fields = { jeton, [String(field)]: 'lecteur' }
        const page = await stranger.post(at(`${url.pathname}${path}`), fields)
        expect(page.status).toBe(refused)
      }
    }
    // Nor does the address the engine resumes at open anything.
    const resume = await newVisitor().go(at(url.pathname.replace('/connexion/', '/authorize/')))
    expect(resume.status).toBe(400)
    expect((await typeCredentials(victim, 'lecteur')).url.searchParams.get('code')).not.toBeNull()
  })

  test('cannot be finished twice', async () => {
    const visitor = newVisitor()
    const { url } = await visitor.go(wire.request().url)
    await typeCredentials(visitor, 'lecteur')
    for (const path of [url.pathname, url.pathname.replace('/connexion/', '/authorize/')]) {
      const page = await visitor.go(at(path))
      expect([400, 404, 409]).toContain(page.status)
      expect(page.url.searchParams.get('code')).toBeNull()
    }
  })

  test('ends after an hour', async () => {
    const visitor = newVisitor()
    await visitor.go(wire.request().url)
    await query(
      database,
      "update oidc_artefact set expires_at = date_trunc('second', now()) where kind = 'Interaction'",
    )
    const page = await visitor.submit({ fields: { identifiant: 'lecteur' } })
    expect(page.status).toBe(400)
    expect(page.text).toContain('Votre demande de connexion a expiré. Recommencez.')
  })

  test('may be begun in two tabs and finished in both', async () => {
    const visitor = newVisitor()
    const first = await visitor.go(wire.request().url)
    const second = await visitor.go(wire.request('monasbl').url)
    visitor.page = first
    expect((await typeCredentials(visitor, 'lecteur')).url.searchParams.get('code')).not.toBeNull()
    visitor.page = second
    expect((await typeCredentials(visitor, 'lecteur')).url.searchParams.get('code')).not.toBeNull()
    expect(await isSignedIn(visitor)).toBe(true)
  })
})

describe('a cookie that was tampered with', () => {
  test('is nobody’s: never an error, never another person', async () => {
    const own = await comeIn('lecteur')
    const other = await comeIn('voisin')
    const id = await cookieOf(own)
    const otherId = await cookieOf(other)
    const replacements = [
      'A',
      'z',
      '0',
      '-',
      '_',
      '.',
      '~',
      '%',
      '%00',
      '"',
      ' ',
      '=',
      '/',
      'é',
      '\\',
    ]
    const spoilt = [
      ...[0, 1, Math.floor(id.length / 2), id.length - 1].flatMap((position) =>
        replacements.map((byte) => id.slice(0, position) + byte + id.slice(position + 1)),
      ),
      ...[0, 1, 7, 8, id.length - 1].map((length) => id.slice(0, length)),
      `${id}x`,
      id + id,
      id.slice(0, 20) + otherId.slice(20),
      id.toUpperCase(),
      [...id].reverse().join(''),
      'x'.repeat(7900),
      '../../../etc/passwd',
      "' or '1'='1",
      '__proto__',
      'null',
    ]
    const cookies = [
      ...spoilt.filter((value) => value !== id).map((value) => `myanm=${value}`),
      `MYANM=${id}`,
      `__Host-myanm=${id}`,
      `visiteur=${id}; identifiant=${id}`,
    ]
    for (const cookie of cookies) {
      const { status, location, text } = await visitWith(cookie)
      expect([cookie, status]).toEqual([cookie, 303])
      expect(location).toMatch(/^\/authorize\?/)
      expect(text).not.toMatch(/Lecteur|Voisin/)
      const asking = await visitWith(cookie, `/authorize${wire.request().url.search}&prompt=none`)
      expect(asking.location).toContain('error=login_required')
    }
  })

  test('sent twice is one person or nobody, and never a mixture', async () => {
    const own = await comeIn('lecteur')
    const other = await comeIn('voisin')
    const both = [own, other].map(async (visitor) =>
      (await visitor.jar.getCookieString(myanm.issuer.href)).replace(/; ?visiteur=[^;]*/, ''),
    )
    const [mine, theirs] = await Promise.all(both)
    for (const cookie of [`${mine}; ${theirs}`, `${theirs}; ${mine}`]) {
      const { status, text } = await visitWith(cookie)
      expect([200, 303]).toContain(status)
      expect(/Lecteur/.test(text) && /Voisin/.test(text)).toBe(false)
    }
  })

  test('whatever the bytes, and whichever cookie', async () => {
    const names = [
      'myanm',
      'visiteur',
      'visiteur.sig',
      'etape',
      'reprise',
      'identifiant',
      '__proto__',
    ]
    const values = fc.string({
      unit: fc
        .integer({ min: 0x21, max: 0xff })
        .filter((code) => code !== 0x7f)
        .map((code) => String.fromCharCode(code)),
      maxLength: 300,
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...names), values), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(
          '/',
          '/compte',
          '/logout',
          `/authorize${wire.request().url.search}`,
          '/connexion/abcdefgh',
          '/userinfo',
        ),
        async (cookies, path) => {
          const cookie = cookies
            .map(([name, value]) => `${name}=${value.replaceAll(';', '')}`)
            .join('; ')
          const { status, text } = await visitWith(cookie, path)
          expect(status).toBeLessThan(500)
          expect(text).not.toMatch(/Dupont/)
        },
      ),
      { seed: 20_261_121, numRuns: 150 },
    )
  })
})

describe('how long a session lives', () => {
  const sessionOf = async (login: string) =>
    (
      await query<{ ends: number; login_ts: number }>(
        database,
        `select extract(epoch from expires_at)::float8 as ends, (payload ->> 'loginTs')::int as login_ts
          from oidc_artefact where kind = 'Session' and account_id = $1
          order by (payload ->> 'loginTs')::int desc limit 1`,
        [myanm.accounts.get(login)],
      )
    )[0] ?? { ends: 0, login_ts: 0 }

  const move = (login: string, change: string, value: number) =>
    query(
      database,
      `update oidc_artefact set ${change} where kind = 'Session' and account_id = $1`,
      [myanm.accounts.get(login), value],
    )
  const LOGIN = "payload = jsonb_set(payload::jsonb, '{loginTs}', to_jsonb($2::int))::json"
  const END = 'expires_at = to_timestamp($2)'

  test('thirty minutes without a sign of life, and each sign counts', async () => {
    const visitor = await comeIn('responsable')
    await wire.newCode(visitor)
    const { ends } = await sessionOf('responsable')
    expect(Math.abs(ends - epoch() - 30 * MINUTE)).toBeLessThanOrEqual(3)

    await move('responsable', END, epoch() + 20)
    await wire.newCode(visitor)
    expect((await sessionOf('responsable')).ends).toBeGreaterThan(epoch() + 29 * MINUTE)

    const { refresh } = await wire.tokensOf(visitor)
    await move('responsable', END, epoch() + 20)
    expect((await wire.refresh(refresh)).status).toBe(200)
    expect((await sessionOf('responsable')).ends).toBeGreaterThan(epoch() + 29 * MINUTE)

    await move('responsable', END, epoch())
    const page = await visitor.go(wire.request().url)
    expect(page.url.pathname).toMatch(/^\/connexion\//)
  })

  test('twelve hours after the password, whatever keeps it busy', async () => {
    const visitor = await comeIn('gestionnaire')
    const tokens = await wire.tokensOf(visitor)
    await move('gestionnaire', LOGIN, epoch() - 12 * HOUR + 60)
    await wire.newCode(visitor)
    const { ends, login_ts } = await sessionOf('gestionnaire')
    expect(ends).toBeLessThanOrEqual(login_ts + 12 * HOUR)

    // One that was kept alive second by second would otherwise live for ever.
    await move('gestionnaire', LOGIN, epoch() - 12 * HOUR)
    await move('gestionnaire', END, epoch() + HOUR)
    const page = await visitor.go(wire.request().url)
    expect(page.url.pathname).toMatch(/^\/connexion\//)
    expect((await wire.userinfo(tokens.access)).status).toBe(401)
    expect(await wire.introspect(tokens.access)).toEqual({ active: false })
    expect((await wire.refresh(tokens.refresh)).status).toBe(400)
  })

  test('thirty days when one asked to stay, in this browser only', async () => {
    const visitor = await comeIn('independant', { rester_connecte: 'oui' })
    const { ends } = await sessionOf('independant')
    expect(Math.abs(ends - epoch() - 30 * DAY)).toBeLessThanOrEqual(5)
    const cookies = await visitor.jar.getCookies(myanm.issuer.href)
    const expires = cookies.find(({ key }) => key === 'myanm')?.expires
    expect(expires).toBeInstanceOf(Date)
    expect((expires as Date).getTime() / 1000 - epoch()).toBeLessThanOrEqual(30 * DAY)

    await move('independant', LOGIN, epoch() - 30 * DAY)
    await move('independant', END, epoch() + HOUR)
    expect(await isSignedIn(visitor)).toBe(false)
  })

  test('a site may ask for a fresher password', async () => {
    const visitor = await comeIn('lecteur')
    await move('lecteur', LOGIN, epoch() - 11 * MINUTE)
    const page = await visitor.go(wire.request('guide-social', { max_age: '600' }).url)
    expect(page.url.pathname).toMatch(/^\/connexion\//)
    const none = wire.request('guide-social', { max_age: '600', prompt: 'none' }).url
    expect((await visitor.go(none)).url.searchParams.get('error')).toBe('login_required')
  })
})

describe('an account that is suspended or gone', () => {
  test.each(['suspended', 'deletion_requested', 'deleted'])(
    'is stopped at the next request: %s',
    async (state) => {
      const account = myanm.accounts.get('collegue')
      const visitor = await comeIn('collegue')
      const tokens = await wire.tokensOf(visitor)
      const pending = await wire.newCode(visitor)
      const [before] = await query(database, 'select * from account where id = $1', [account])
      await arrangeState(database, account ?? '', state)
      expect(await isSignedIn(visitor)).toBe(false)
      const page = await visitor.go(wire.request().url)
      expect(page.url.pathname).toMatch(/^\/connexion\//)
      const none = await visitor.go(wire.request('guide-social', { prompt: 'none' }).url)
      expect(none.url.searchParams.get('error')).toBe('login_required')
      expect((await wire.userinfo(tokens.access)).status).toBe(401)
      expect((await wire.refresh(tokens.refresh)).status).toBe(400)
      expect((await wire.redeem(pending)).status).toBe(400)
      await arrange(
        database,
        `update account set state = 'active', login = $2, email = $3, password_hash = $4,
           given_name = $5, family_name = $6, email_confirmed_at = now(),
           deletion_requested_at = null, deleted_at = null
           where id = $1`,
        [
          account,
          before?.['login'],
          before?.['email'],
          before?.['password_hash'],
          before?.['given_name'],
          before?.['family_name'],
        ],
      )
    },
  )

  test('is told why when it gives the right password, and never gets in', async () => {
    const account = myanm.accounts.get('collegue')
    const put = (state: string) => arrangeState(database, account ?? '', state)
    await put('suspended')
    const visitor = newVisitor()
    await visitor.go(wire.request().url)
    const page = await typeCredentials(visitor, 'collegue')
    expect([
      page.status,
      page.text.includes("Ce compte est suspendu. Contactez l'équipe de l'ANM."),
    ]).toEqual([403, true])
    expect(page.$('main a[href="/contact"]')).toHaveLength(1)
    await put('unconfirmed')
    const again = newVisitor()
    await again.go(wire.request().url)
    const confirm = await typeCredentials(again, 'collegue')
    expect(confirm.url.pathname).toMatch(/\/inscription\/confirmez$/)
    await put('active')
  })
})
