import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { Browser, type Page } from './stage/browser.ts'
import { query } from './stage/database.ts'
import { anne, bruno, inOwnName } from './stage/people.ts'
import { type Stage, setStage } from './stage/stage.ts'

// Specification 7.5: a change MyANM tells of holds at a site before the person can click again.

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type'
const CHANGE = `${CAEP}/token-claims-change`
const REVOKED = `${CAEP}/session-revoked`
const MINUTE = 60_000

type Claims = Readonly<Record<string, unknown>>

describe.each([
  ['one process', 1],
  ['two processes', 2],
])('changes of rights, with %s behind the site', (_, processes) => {
  let stage: Stage

  beforeAll(async () => {
    stage = await setStage({ processes })
  }, 60_000)
  afterAll(() => stage.clear())
  beforeEach(() => {
    stage.provider.people.set('anne', anne)
    stage.provider.people.set('bruno', bruno)
    stage.provider.who = 'anne'
    stage.provider.delay = 0
    stage.provider.broken = undefined
  })

  const at = (path: string) => new URL(path, stage.site)
  const signIn = async (who = 'anne') => {
    stage.provider.who = who
    const browser = new Browser()
    await browser.open(at('/connexion'))
    stage.provider.forget()
    return browser
  }
  const promote = (role: string) =>
    stage.provider.people.set('anne', { ...anne, org: { ...anne.org, role } })
  const roleSeenBy = async (browser: Browser) => {
    const who = (await (await browser.send(at('/qui'))).json()) as {
      organisation?: { role: string }
    }
    return who.organisation?.role
  }
  const isSignedIn = async (browser: Browser) =>
    'sub' in ((await (await browser.send(at('/qui'))).json()) as object)
  const write = async (browser: Browser): Promise<Page> =>
    browser.submit(await browser.open(at('/')), '/ecrire')
  const userinfos = () => stage.provider.seen.get('/me') ?? 0
  const now = () => Math.floor(stage.clock.now().getTime() / 1000)
  const about = (sub: string) => ({ format: 'iss_sub', iss: stage.provider.issuer.origin, sub })
  const claims = (more: Claims = {}): Record<string, unknown> => {
    const all: Claims = {
      iss: stage.provider.issuer.origin,
      aud: 'site',
      iat: now(),
      jti: crypto.randomUUID(),
      sub_id: about('anne'),
      events: { [CHANGE]: { event_timestamp: now(), claims: { rights_version: 7 } } },
      ...more,
    }
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  }
  const SET = { typ: 'secevent+jwt' }
  const push = (token: string, more: RequestInit = {}) =>
    fetch(at('/evenements'), {
      method: 'POST',
      body: token,
      headers: { 'content-type': 'application/secevent+jwt', accept: 'application/json' },
      ...more,
    })
  const tell = async (more: Claims = {}) => push(await stage.provider.sign(claims(more), SET))
  /** In MyANM’s own time, which is not that of the site here. */
  const moment = () => Math.floor(Date.now() / 1000)
  const ended = (more: Claims = {}) => ({
    events: { [REVOKED]: { event_timestamp: moment() } },
    ...more,
  })
  const sidOf = async (browser: Browser) => {
    const id = createHash('sha256')
      .update(String(browser.cookie(stage.site, 'session-site')))
      .digest('hex')
    const rows = await query(
      stage.database,
      `select sid from session where id = decode('${id}', 'hex')`,
    )
    return (rows[0] as { sid: string }).sid
  }

  describe('a role that changes', () => {
    test('holds on the very next page, in all browsers of the person and nobody else’s', async () => {
      const browsers = [await signIn(), await signIn()]
      const others = await signIn('bruno')
      promote('LECTEUR')
      for (const browser of browsers) expect(await roleSeenBy(browser)).toBe('COLLABORATEUR')
      const response = await tell()
      expect(response.status).toBe(202)
      expect(await response.text()).toBe('')
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.getSetCookie()).toEqual([])
      stage.provider.forget()
      for (const browser of browsers) expect(await roleSeenBy(browser)).toBe('LECTEUR')
      expect(await isSignedIn(others)).toBe(true)
      expect(userinfos()).toBe(2)
      // Read once, it is fresh again.
      for (const browser of browsers) expect(await roleSeenBy(browser)).toBe('LECTEUR')
      expect(userinfos()).toBe(2)
    })

    test('of twenty pages at once none shows the old rights, and MyANM is asked once or twice', async () => {
      const browser = await signIn()
      promote('LECTEUR')
      await tell()
      const roles = await Promise.all(Array.from({ length: 20 }, () => roleSeenBy(browser)))
      expect(new Set(roles)).toEqual(new Set(['LECTEUR']))
      expect(userinfos()).toBeLessThanOrEqual(2 * processes)
    })

    test('gone with the organisation: the open tab says so and saves nothing (E41)', async () => {
      const browser = await signIn()
      const home = await browser.open(at('/'))
      stage.provider.people.set('anne', inOwnName(anne) as Record<string, unknown>)
      await tell()
      const refused = await browser.submit(home, '/ecrire')
      expect(refused.status).toBe(403)
      expect(refused.text).toContain('Vous ne faites plus partie de Les Tilleuls ASBL.')
    })

    test('told again changes nothing, and is acknowledged', async () => {
      const browser = await signIn()
      const token = await stage.provider.sign(claims(), SET)
      expect((await push(token)).status).toBe(202)
      await roleSeenBy(browser)
      stage.provider.forget()
      for (let time = 0; time < 3; time += 1) expect((await push(token)).status).toBe(202)
      // Signed anew, an hour later: the same event.
      expect((await tell({ jti: JSON.parse(atob(token.split('.')[1] ?? '')).jti })).status).toBe(
        202,
      )
      await roleSeenBy(browser)
      expect(userinfos()).toBe(0)
    })

    test('that was taken back is not given again by an event that was on its way before', async () => {
      const browser = await signIn()
      const version = (rights_version: number, ago: number) => ({
        events: { [CHANGE]: { event_timestamp: now() - ago, claims: { rights_version } } },
      })
      promote('LECTEUR')
      await tell(version(9, 0))
      expect(await roleSeenBy(browser)).toBe('LECTEUR')
      for (const [rights, ago] of [
        [8, 60],
        [1, 86_400],
      ] as const) {
        expect((await tell(version(rights, ago))).status).toBe(202)
        expect(await roleSeenBy(browser)).toBe('LECTEUR')
        expect(JSON.parse((await write(browser)).text)).toMatchObject({ role: 'LECTEUR' })
      }
    })

    test('twenty times the same at once is applied once', async () => {
      await signIn()
      const token = await stage.provider.sign(claims(), SET)
      const number = async () =>
        (
          (await query(stage.database, `select number from rights_change where sub = 'anne'`)) as {
            number: number
          }[]
        )[0]?.number ?? 0
      await tell()
      const before = await number()
      const answers = await Promise.all(Array.from({ length: 20 }, () => push(token)))
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 202))
      const changed = await number()
      expect(changed).toBeGreaterThan(before)
      await push(token)
      expect(await number()).toBe(changed)
    })

    test('about somebody nobody knows here is acknowledged', async () => {
      expect((await tell({ sub_id: about('somebody else') })).status).toBe(202)
    })

    test('of a kind this site does not know is acknowledged and changes nothing', async () => {
      const browser = await signIn()
      const events = { [`${CAEP}/credential-change`]: { credential_type: 'password' } }
      expect((await tell({ events })).status).toBe(202)
      await roleSeenBy(browser)
      expect(userinfos()).toBe(0)
    })
  })

  describe('a change that crosses what was being read', () => {
    /** Waits until MyANM has been asked for a person’s rights once more than now. */
    const asked = async (before: number) => {
      while (userinfos() === before) await new Promise((resolve) => setTimeout(resolve, 5))
    }

    test('a page’s look that began before it leaves the session stale', async () => {
      const browser = await signIn()
      stage.clock.forward(MINUTE)
      // MyANM has answered with the old rights, and its answer takes its time.
      stage.provider.delayAnswers = 400
      const before = userinfos()
      const looking = roleSeenBy(browser)
      await asked(before)
      await new Promise((resolve) => setTimeout(resolve, 100))
      promote('LECTEUR')
      await tell()
      stage.provider.delayAnswers = 0
      // The page itself, which was on its way, waits for what holds now.
      expect(await looking).toBe('LECTEUR')
      expect(await roleSeenBy(browser)).toBe('LECTEUR')
    })

    test('a sign-in that read the old rights is stale from its first page', async () => {
      stage.provider.who = 'anne'
      stage.provider.delayAnswers = 400
      const browser = new Browser()
      stage.provider.forget()
      const arriving = browser.open(at('/connexion?retour=/qui'))
      await asked(0)
      await new Promise((resolve) => setTimeout(resolve, 100))
      promote('LECTEUR')
      await tell()
      stage.provider.delayAnswers = 0
      expect((await arriving).text).toContain('"role":"LECTEUR"')
      expect(await roleSeenBy(browser)).toBe('LECTEUR')
    })

    test('a write under way is done with what holds since it was acknowledged', async () => {
      const browser = await signIn()
      const home = await browser.open(at('/'))
      const answer = stage.provider.hold()
      const writing = browser.submit(home, '/ecrire')
      await answer.given
      promote('LECTEUR')
      expect((await tell()).status).toBe(202)
      answer.arrive()
      expect(JSON.parse((await writing).text)).toEqual({ sub: 'anne', role: 'LECTEUR' })
    })

    test('a write that changes keep outrunning is refused, and nobody’s old role is shown', async () => {
      const browser = await signIn()
      const home = await browser.open(at('/'))
      stage.provider.forget()
      let answer = stage.provider.hold()
      const writing = browser.submit(home, '/ecrire')
      for (let look = 1; look <= 3; look += 1) {
        await answer.given
        expect((await tell()).status).toBe(202)
        const { arrive } = answer
        if (look < 3) answer = stage.provider.hold()
        arrive()
      }
      const refused = await writing
      expect(refused.status).toBe(503)
      expect(refused.headers.get('retry-after')).toBe('1')
      expect(refused.text).toContain('rien n’a été enregistré')
      expect(refused.text).not.toContain('Les Tilleuls ASBL')
      expect(userinfos()).toBe(3)
      expect(JSON.parse((await write(browser)).text)).toEqual({
        sub: 'anne',
        role: 'COLLABORATEUR',
      })
    })
  })

  describe('while MyANM is away', () => {
    test('old rights are not used: the person reads in their own name, writes nothing, is told why', async () => {
      const browser = await signIn()
      const home = await browser.open(at('/'))
      expect(home.text).toContain('Les Tilleuls ASBL')
      await tell()
      await stage.provider.goDown()
      try {
        expect(await roleSeenBy(browser)).toBeUndefined()
        expect(await isSignedIn(browser)).toBe(true)
        const page = await browser.open(at('/'))
        expect(page.status).toBe(200)
        expect(page.text).not.toContain('Les Tilleuls ASBL')
        expect(page.text).toContain('Vos droits viennent de changer et MyANM ne répond pas.')
        expect((await browser.submit(home, '/ecrire')).status).toBe(503)
      } finally {
        await stage.provider.comeBack()
      }
      promote('RESPONSABLE')
      expect(JSON.parse((await write(browser)).text)).toEqual({ sub: 'anne', role: 'RESPONSABLE' })
      expect(await roleSeenBy(browser)).toBe('RESPONSABLE')
    })

    test('who has not been told otherwise reads on as before', async () => {
      const browser = await signIn()
      stage.clock.forward(MINUTE)
      stage.provider.broken = 500
      expect(await roleSeenBy(browser)).toBe('COLLABORATEUR')
    })
  })

  describe('a session that is over', () => {
    test('ends by its name at this site, and no other', async () => {
      const browser = await signIn()
      const sid = await sidOf(browser)
      const again = await signIn()
      const other = await signIn('bruno')
      const session = { format: 'opaque', id: sid }
      const sub_id = { format: 'complex', user: about('anne'), session }
      expect((await tell(ended({ sub_id }))).status).toBe(202)
      expect(await isSignedIn(browser)).toBe(false)
      expect(await isSignedIn(again)).toBe(true)
      expect(await isSignedIn(other)).toBe(true)
    })

    test('of somebody else’s, named with this person: ends nothing', async () => {
      const browser = await signIn()
      const session = { format: 'opaque', id: await sidOf(browser) }
      const sub_id = { format: 'complex', user: about('bruno'), session }
      expect((await tell(ended({ sub_id }))).status).toBe(202)
      expect(await isSignedIn(browser)).toBe(true)
    })

    test('ends all of a person, and nothing begun since, however late it is told', async () => {
      const before = await signIn()
      const event = claims(ended())
      expect((await push(await stage.provider.sign(event, SET))).status).toBe(202)
      expect(await isSignedIn(before)).toBe(false)
      await new Promise((resolve) => setTimeout(resolve, 1100))
      const since = await signIn()
      expect((await push(await stage.provider.sign(event, SET))).status).toBe(202)
      const late = claims({
        events: { [REVOKED]: { event_timestamp: moment() - 10 } },
      })
      expect((await push(await stage.provider.sign(late, SET))).status).toBe(202)
      expect(await isSignedIn(since)).toBe(true)
    })

    test('that outruns its own sign-in still ends it', async () => {
      stage.provider.people.set('carla', { ...anne, name: 'Carla' })
      stage.provider.who = 'carla'
      const browser = new Browser()
      let callback = at('/connexion')
      while (callback.pathname !== '/retour') {
        const location = (await browser.send(callback)).headers.get('location')
        callback = new URL(String(location), callback)
      }
      // The answer is redeemed after this, and vouched for a moment later still.
      const iat = moment() + 5
      await tell({
        iat,
        sub_id: about('carla'),
        events: { [REVOKED]: { event_timestamp: iat } },
      })
      await browser.open(callback)
      expect(await isSignedIn(browser)).toBe(false)
    })
  })

  describe('is taken from nobody else', () => {
    const stays = async (response: Response, err: string) => {
      expect(response.status).toBe(400)
      expect(response.headers.get('content-type')).toContain('application/json')
      expect(response.headers.get('content-language')).toBe('en')
      expect(await response.json()).toEqual({ err, description: expect.any(String) })
    }
    let browser: Browser

    beforeAll(async () => {
      stage.provider.people.set('anne', anne)
      browser = await signIn()
    })
    beforeEach(() => stage.provider.forget())
    const nothingHappened = async () => {
      expect(await isSignedIn(browser)).toBe(true)
      expect(userinfos()).toBe(0)
    }

    test.each<[string, () => Claims, string]>([
      ['another issuer', () => ({ iss: 'https://evil.example' }), 'invalid_issuer'],
      ['another audience', () => ({ aud: 'another-site' }), 'invalid_audience'],
      ['an hour ago', () => ({ iat: now() - 3600 }), 'authentication_failed'],
      ['the future', () => ({ iat: now() + 3600 }), 'authentication_failed'],
      ['nobody knows when', () => ({ iat: undefined }), 'authentication_failed'],
      ['nowhere: no identifier', () => ({ jti: undefined }), 'invalid_request'],
      ['nowhere: no event', () => ({ events: undefined }), 'invalid_request'],
      ['nowhere: events of another shape', () => ({ events: [CHANGE] }), 'invalid_request'],
      [
        'two at once',
        () => ({ events: { [CHANGE]: { claims: {} }, [REVOKED]: {} } }),
        'invalid_request',
      ],
      ['no subject', () => ({ sub_id: undefined, sub: 'anne' }), 'invalid_request'],
      [
        'the subject of another issuer',
        () => ({ sub_id: { ...about('anne'), iss: 'https://evil.example' } }),
        'invalid_request',
      ],
      [
        'a subject by address',
        () => ({ sub_id: { format: 'email', email: 'anne@exemple.be' } }),
        'invalid_request',
      ],
      ['one that expired', () => ({ exp: now() - 3600 }), 'authentication_failed'],
    ])('from %s', async (_name, more, err) => {
      await stays(await tell(more()), err)
      await nothingHappened()
    })

    test.each([
      ['a logout token', { typ: 'logout+jwt' }],
      ['an ID token', { typ: 'JWT' }],
      ['no type', { typ: undefined }],
    ])('as %s', async (_name, header) => {
      const token = await stage.provider.sign(claims(), header as Record<string, unknown>)
      await stays(await push(token), 'invalid_request')
      await nothingHappened()
    })

    test('signed by somebody else, with no signature, or with a public key as secret', async () => {
      const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
      const own = await new SignJWT(claims())
        .setProtectedHeader({ alg: 'ES256', kid: 'first', ...SET })
        .sign(privateKey)
      await stays(await push(own), 'invalid_key')
      const shared = await new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: 'first', ...SET })
        .sign(Buffer.from(JSON.stringify(await crypto.subtle.exportKey('jwk', publicKey as never))))
      await stays(await push(shared), 'invalid_key')
      const none = new UnsecuredJWT(claims()).encode()
      expect((await push(none)).status).toBe(400)
      const good = await stage.provider.sign(claims(), SET)
      const [header, , signature] = good.split('.')
      const other = Buffer.from(JSON.stringify(claims({ sub_id: about('bruno') }))).toString(
        'base64url',
      )
      await stays(await push(`${header}.${other}.${signature}`), 'invalid_key')
      await nothingHappened()
    })

    test('signed with a key that it brings along, or says where to find (RFC 8725 §3.10)', async () => {
      const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
      const jwk = (await crypto.subtle.exportKey('jwk', publicKey as never)) as object
      const where = at('/cles').href
      for (const brought of [{ jwk }, { jku: where }, { x5u: where }, { x5c: ['MIIB'] }]) {
        const token = await new SignJWT(claims())
          .setProtectedHeader({ alg: 'ES256', kid: 'first', ...SET, ...brought } as never)
          .sign(privateKey)
        await stays(await push(token), 'invalid_key')
      }
      await nothingHappened()
    })

    test('as a form, as JSON, as nothing, as noise', async () => {
      const token = await stage.provider.sign(claims(), SET)
      for (const type of ['application/x-www-form-urlencoded', 'application/json', 'text/plain']) {
        await stays(await push(token, { headers: { 'content-type': type } }), 'invalid_request')
      }
      for (const noise of ['', 'x', 'a.b.c', '\u0000', 'é'.repeat(1000)]) {
        await stays(await push(noise), 'invalid_request')
      }
      expect((await push('x'.repeat(70_000))).status).toBe(413)
      expect((await fetch(at('/evenements'))).status).toBeGreaterThanOrEqual(404)
      await nothingHappened()
    })

    test('but asked again later while MyANM’s keys cannot be had', async () => {
      const fresh = await setStage()
      try {
        const token = await fresh.provider.sign(
          { ...claims(), iss: fresh.provider.issuer.origin },
          SET,
        )
        await fresh.provider.goDown()
        const response = await fetch(new URL('/evenements', fresh.site), {
          method: 'POST',
          body: token,
          headers: { 'content-type': 'application/secevent+jwt' },
        })
        expect(response.status).toBe(503)
      } finally {
        await fresh.clear()
      }
    })
  })

  test('what was kept about changes is forgotten once no session can be older', async () => {
    await tell()
    stage.clock.forward(25 * 60 * MINUTE)
    await tell({ sub_id: about('bruno') })
    expect(await query(stage.database, `select sub from rights_change`)).toEqual([{ sub: 'bruno' }])
    stage.clock.forward(9 * 24 * 60 * MINUTE)
    await tell()
    expect(await query(stage.database, `select count(*)::int from security_event`)).toEqual([
      { count: 1 },
    ])
  })
})
