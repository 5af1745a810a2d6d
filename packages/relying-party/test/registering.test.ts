import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { Browser } from './stage/browser.ts'
import { elsewhere } from './stage/open-redirects.ts'
import { anne } from './stage/people.ts'
import { type Stage, setStage } from './stage/stage.ts'

describe('« Inscrivez-vous »', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await setStage()
    stage.provider.people.set('anne', anne)
  }, 60_000)
  afterAll(() => stage.clear())
  beforeEach(() => {
    stage.provider.who = 'anne'
  })

  const at = (path: string) => new URL(path, stage.site)

  test('is on every page for visitors, leads back to that page, and goes once one is signed in', async () => {
    const browser = new Browser()
    const page = await browser.open(at('/?page=2'))
    const link = /href="([^"]+)">Inscrivez-vous/.exec(page.text)?.[1]?.replaceAll('&amp;', '&')
    expect(link).toBe('/inscription?retour=%2F%3Fpage%3D2')
    const back = await browser.open(at(link ?? ''))
    expect(stage.provider.asked.get('prompt')).toBe('create')
    expect(back.url.href).toBe(at('/?page=2').href)
    expect(back.text).toContain('Anne Dupont')
    expect(back.text).not.toContain('Inscrivez-vous')
  })

  test('asks with PKCE, state and nonce, as signing in does', async () => {
    await new Browser().open(at('/inscription'))
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(stage.provider.asked.get(name)).toMatch(/^[\w-]{43}$/)
    }
  })

  test('asks MyANM also for who is signed in here: it tells them so (M7)', async () => {
    const browser = new Browser()
    await browser.open(at('/connexion'))
    stage.provider.forget()
    await browser.open(at('/inscription'))
    expect(stage.provider.asked.get('prompt')).toBe('create')
  })

  test('cancelled there, says so here', async () => {
    stage.provider.who = 'cancel'
    const page = await new Browser().open(at('/inscription?retour=/prive'))
    expect(page.text).toContain('La connexion a été annulée.')
  })

  test.each(elsewhere)('with %j in its address leads nowhere but home', async (address) => {
    const page = await new Browser().open(at(`/inscription?retour=${encodeURIComponent(address)}`))
    expect(page.url.href).toBe(at('/').href)
  })
})
