import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Browser } from './stage/browser.ts'
import { anne } from './stage/people.ts'
import { type Stage, setStage } from './stage/stage.ts'

const E32 =
  'MyANM est momentanément indisponible. Vous pouvez continuer à consulter le site sans vous connecter.'

describe('with MyANM away', () => {
  let stage: Stage
  const browser = new Browser()

  beforeAll(async () => {
    stage = await setStage()
    stage.provider.people.set('anne', anne)
    stage.provider.who = 'anne'
    await stage.provider.goDown()
  }, 60_000)
  afterAll(() => stage.clear())

  const at = (path: string) => new URL(path, stage.site)

  test('the site is ready and its public pages are open', async () => {
    expect((await browser.open(at('/sante/prete'))).status).toBe(200)
    expect((await browser.open(at('/'))).status).toBe(200)
  })

  test('signing in says that it is closed for now, with ways on (E32)', async () => {
    for (const path of ['/connexion', '/connexion?retour=/prive', '/prive']) {
      const page = await browser.open(at(path))
      expect(page.status).toBe(503)
      expect(page.headers.get('retry-after')).toBe('30')
      expect(page.text).toContain(E32)
      expect(page.text).toContain('href="/"')
    }
  })

  test('when it comes back, signing in works again by itself', async () => {
    await stage.provider.comeBack()
    const page = await browser.open(at('/prive'))
    expect(page.status).toBe(200)
    expect(page.text).toContain('Anne Dupont')
  })

  test('nobody is sent to a MyANM that has gone since it was last seen (E32)', async () => {
    const visitor = new Browser()
    await stage.provider.goDown()
    const page = await visitor.open(at('/connexion'))
    expect(page.status).toBe(503)
    expect(page.text).toContain(E32)
    await stage.provider.comeBack()
  })

  test('who is signed in goes on reading, and cannot write', async () => {
    const home = await browser.open(at('/'))
    await stage.provider.goDown()
    stage.clock.forward(60_000)
    expect((await browser.open(at('/prive'))).status).toBe(200)
    const refused = await browser.submit(home, '/ecrire')
    expect(refused.status).toBe(503)
    expect(refused.text).toContain(E32)
    await stage.provider.comeBack()
    expect((await browser.submit(home, '/ecrire')).status).toBe(200)
  })

  test('a MyANM that hangs costs a page two seconds and a half once, then nothing', async () => {
    stage.clock.forward(60_000)
    stage.provider.delay = 10_000
    const started = performance.now()
    expect((await browser.open(at('/prive'))).status).toBe(200)
    const first = performance.now() - started
    expect(first).toBeLessThan(5_000)
    expect((await browser.open(at('/prive'))).status).toBe(200)
    expect(performance.now() - started - first).toBeLessThan(2_000)
    stage.provider.delay = 0
  }, 20_000)
})
