import { describe, expect, test } from '@jest/globals'
import { banner } from '../pages/banner.ts'
import { openStage } from '../stage.ts'

const stage = openStage()

describe('signing in once', () => {
  test('a visitor reads job offers, signs in and is back on the page they wanted, as themselves', async () => {
    const { scene } = stage
    const visitor = await stage.visitor()
    await visitor.opens(scene.address('guide-social', '/emplois'))
    await visitor.follows('Psychologue')
    const offer = visitor.page.url()
    await banner(visitor).signIn()
    await visitor.sees('Connexion pour accéder à Guide Social')
    await visitor.signsInAs(scene.somebody('collaborateur'))
    await visitor.isOn(offer)
    expect(await banner(visitor).reads()).toContain('Colin Claes · au nom de Les Tilleuls ASBL')
  })
})
