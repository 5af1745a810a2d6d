import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { Browser } from './stage/browser.ts'
import { anne } from './stage/people.ts'
import { type Stage, setStage } from './stage/stage.ts'

describe('signing in', () => {
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

  test('leads to MyANM and back, with name and organisation on every page', async () => {
    const browser = new Browser()
    const before = await browser.open(at('/'))
    expect(before.text).toContain('Connectez-vous')
    const after = await browser.open(at('/connexion'))
    expect(after.status).toBe(200)
    expect(after.url.href).toBe(at('/').href)
    expect(after.text).toContain('Anne Dupont')
    expect(after.text).toContain('Les Tilleuls ASBL')
    expect(await (await browser.send(at('/qui'))).json()).toMatchObject({
      sub: 'anne',
      name: 'Anne Dupont',
      email: 'anne@exemple.be',
      accountType: 'organisme',
      organisation: { id: 'tilleuls', role: 'COLLABORATEUR', bce: '0566988259' },
      actor: { kind: 'person', organisation: { role: 'COLLABORATEUR' } },
    })
  })
})
