import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { Browser, type Page } from './stage/browser.ts'
import { query } from './stage/database.ts'
import { anne, bruno, inOwnName } from './stage/people.ts'
import { type Stage, setStage } from './stage/stage.ts'

const MINUTE = 60_000

describe.each([
  ['one process', 1],
  ['two processes', 2],
])('rights, with %s behind the site', (_, processes) => {
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
  const signIn = async () => {
    const browser = new Browser()
    const page = await browser.open(at('/connexion'))
    expect(page.text).toContain('Anne Dupont')
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
  const isSignedIn = async (browser: Browser) => {
    const who = (await (await browser.send(at('/qui'))).json()) as object
    return 'sub' in who
  }
  const write = async (browser: Browser): Promise<Page> =>
    browser.submit(await browser.open(at('/')), '/ecrire')
  const userinfos = () => stage.provider.seen.get('/me') ?? 0
  const refreshes = () => stage.provider.granted.get('refresh_token') ?? 0

  test('are what they were for a minute, then read again', async () => {
    const browser = await signIn()
    promote('RESPONSABLE')
    expect(await roleSeenBy(browser)).toBe('COLLABORATEUR')
    expect(userinfos()).toBe(0)
    stage.clock.forward(MINUTE)
    expect(await roleSeenBy(browser)).toBe('RESPONSABLE')
    expect(await roleSeenBy(browser)).toBe('RESPONSABLE')
    expect(userinfos()).toBe(1)
  })

  test('are read again for each write', async () => {
    const browser = await signIn()
    promote('LECTEUR')
    expect(JSON.parse((await write(browser)).text)).toEqual({ sub: 'anne', role: 'LECTEUR' })
    promote('GESTIONNAIRE')
    expect(JSON.parse((await write(browser)).text)).toEqual({ sub: 'anne', role: 'GESTIONNAIRE' })
    expect(userinfos()).toBe(2)
  })

  test('are not lent: a page one has left open writes nothing for who has signed in since', async () => {
    const browser = await signIn()
    const left = await browser.open(at('/'))
    const isLeft = () => {
      browser.setCookie(stage.site, 'session-site', 'x')
      browser.setCookie(stage.provider.issuer, '_session', 'x')
    }
    isLeft()
    stage.provider.who = 'bruno'
    const now = await browser.open(at('/connexion'))
    const refused = await browser.submit(left, '/ecrire')
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('Quelqu’un d’autre s’est connecté depuis')
    expect(JSON.parse((await browser.submit(now, '/ecrire')).text)).toMatchObject({ sub: 'bruno' })
    // Back again: the page is theirs again.
    isLeft()
    stage.provider.who = 'anne'
    await browser.open(at('/connexion'))
    expect(JSON.parse((await browser.submit(left, '/ecrire')).text)).toMatchObject({ sub: 'anne' })
  })

  test('of twenty writes at once are never older than the request', async () => {
    const browser = await signIn()
    const home = await browser.open(at('/'))
    const before = Array.from({ length: 10 }, () => browser.submit(home, '/ecrire'))
    promote('LECTEUR')
    const after = Array.from({ length: 10 }, () => browser.submit(home, '/ecrire'))
    for (const page of await Promise.all(after)) {
      expect(JSON.parse(page.text)).toMatchObject({ role: 'LECTEUR' })
    }
    await Promise.all(before)
    expect(userinfos()).toBeLessThan(20)
  })

  test('gone with the organisation: a write says so once (E41)', async () => {
    const browser = await signIn()
    const home = await browser.open(at('/'))
    stage.provider.people.set('anne', inOwnName(anne) as Record<string, unknown>)
    const refused = await browser.submit(home, '/ecrire')
    expect(refused.status).toBe(403)
    expect(refused.text).toContain(
      'Vous ne faites plus partie de Les Tilleuls ASBL. Vos droits ont été mis à jour.',
    )
    expect(refused.text).toContain('contexte=choisir')
    expect((await browser.open(at('/'))).text).not.toContain('ne faites plus partie')
    expect(JSON.parse((await browser.submit(home, '/ecrire')).text)).toEqual({
      sub: 'anne',
      role: null,
    })
  })

  test('gone with the organisation: a page says so once and goes on', async () => {
    const browser = await signIn()
    stage.provider.people.set('anne', inOwnName(anne) as Record<string, unknown>)
    stage.clock.forward(MINUTE)
    const told = await browser.open(at('/'))
    expect(told.status).toBe(200)
    expect(told.text).toContain('Vous ne faites plus partie de Les Tilleuls ASBL.')
    expect(told.text).toContain('en mon nom')
    expect((await browser.open(at('/'))).text).not.toContain('ne faites plus partie')
  })

  test('seen late by a page are told by the next write', async () => {
    const browser = await signIn()
    const home = await browser.open(at('/'))
    stage.provider.people.set('anne', inOwnName(anne) as Record<string, unknown>)
    stage.clock.forward(MINUTE)
    expect(await roleSeenBy(browser)).toBeUndefined()
    expect((await browser.submit(home, '/ecrire')).status).toBe(403)
  })

  test('of a suspended account end the session', async () => {
    const browser = await signIn()
    const home = await browser.open(at('/'))
    await stage.provider.endGrants('anne')
    const refused = await browser.submit(home, '/ecrire')
    expect(refused.status).toBe(401)
    expect(await isSignedIn(browser)).toBe(false)
  })

  test('MyANM’s own API is asked in the person’s name', async () => {
    const browser = await signIn()
    const team = async () => (await browser.send(at('/equipe'))).json()
    expect(await team()).toEqual({ team: { organisation: { id: 'tilleuls' }, members: [] } })
    stage.clock.forward(11 * MINUTE)
    expect(await team()).toEqual({ team: { organisation: { id: 'tilleuls' }, members: [] } })
    stage.provider.people.set('anne', inOwnName(anne) as Record<string, unknown>)
    expect(await team()).toEqual({ team: null })
  })

  describe('when the access token is spent', () => {
    test('twenty pages at once refresh once, and nobody is signed out', async () => {
      const browser = await signIn()
      stage.clock.forward(11 * MINUTE)
      const answers = await Promise.all(Array.from({ length: 20 }, () => isSignedIn(browser)))
      expect(answers).toEqual(Array.from({ length: 20 }, () => true))
      expect(refreshes()).toBe(1)
      expect(userinfos()).toBe(1)
      stage.clock.forward(11 * MINUTE)
      expect(await isSignedIn(browser)).toBe(true)
      expect(refreshes()).toBe(2)
    })

    test('twenty writes at once refresh once, and all are done', async () => {
      const browser = await signIn()
      const home = await browser.open(at('/'))
      stage.clock.forward(11 * MINUTE)
      const pages = await Promise.all(
        Array.from({ length: 20 }, () => browser.submit(home, '/ecrire')),
      )
      expect(pages.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
      expect(refreshes()).toBe(1)
    })

    test('pages and writes mixed refresh once, however slow MyANM is', async () => {
      const browser = await signIn()
      const home = await browser.open(at('/'))
      stage.provider.delay = 50
      stage.clock.forward(11 * MINUTE)
      const pages = await Promise.all(
        Array.from({ length: 20 }, (_, position) =>
          position % 3 === 0 ? browser.submit(home, '/ecrire') : browser.open(at('/prive')),
        ),
      )
      expect(pages.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
      expect(refreshes()).toBe(1)
      expect(await isSignedIn(browser)).toBe(true)
    })

    test('a breakdown of MyANM keeps the session; its word ends it', async () => {
      const browser = await signIn()
      const home = await browser.open(at('/'))
      stage.clock.forward(11 * MINUTE)
      stage.provider.broken = 500
      expect(await isSignedIn(browser)).toBe(true)
      const refused = await browser.submit(home, '/ecrire')
      expect(refused.status).toBe(503)
      expect(refused.headers.get('retry-after')).toBe('30')
      expect(refused.text).toContain('MyANM est momentanément indisponible.')
      stage.provider.broken = undefined
      expect((await browser.submit(home, '/ecrire')).status).toBe(200)
      await stage.provider.endGrants('anne')
      stage.clock.forward(11 * MINUTE)
      expect((await browser.submit(home, '/ecrire')).status).toBe(401)
    })

    test('who died while refreshing does not keep the others waiting for ever', async () => {
      const browser = await signIn()
      const home = await browser.open(at('/'))
      await query(
        stage.database,
        `update session set lease = gen_random_uuid(), leased_until = now() + interval '1 second'`,
      )
      expect((await browser.submit(home, '/ecrire')).status).toBe(200)
    })

    test('a session signed out meanwhile does not come back', async () => {
      const browser = await signIn()
      const home = await browser.open(at('/'))
      stage.clock.forward(11 * MINUTE)
      stage.provider.delay = 1500
      const asked = stage.provider.seen.get('/token') ?? 0
      const writing = browser.submit(home, '/ecrire')
      // MyANM has the request and takes its time: now is when somebody signs out.
      while ((stage.provider.seen.get('/token') ?? 0) === asked) {
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      await query(stage.database, 'delete from session')
      expect((await writing).status).toBe(401)
      stage.provider.delay = 0
      expect(await isSignedIn(browser)).toBe(false)
      expect(stage.provider.seen.get('/token/revocation')).toBe(1)
    })
  })
})
