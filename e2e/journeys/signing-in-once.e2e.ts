import { describe, expect, test } from '@jest/globals'
import { banner } from '../pages/banner.ts'
import { agreesToShare } from '../pages/consent.ts'
import { openStage } from '../stage.ts'

const stage = openStage()

describe('signing in once', () => {
  test('a visitor reads an offer, signs in, is back on it, and the other sites know them', async () => {
    const { scene } = stage
    const visitor = await stage.visitor()
    await visitor.opens(scene.address('guide-social', '/emplois'))
    await visitor.follows('Psychologue')
    const offer = visitor.page.url()

    await banner(visitor).signIn()
    await visitor.isOn(/^http:\/\/localhost:\d+\/connexion\//)
    await visitor.sees('Connexion pour accéder à Guide Social', 'Agence pour le Non-Marchand')
    await visitor.signsInAs(scene.somebody('collaborateur'))
    await visitor.isOn(offer)
    expect(await banner(visitor).reads()).toContain('Colin Claes · au nom de Les Tilleuls ASBL')

    for (const site of ['monasbl', 'sweeli'] as const) {
      await visitor.opens(scene.address(site))
      await banner(visitor).signIn()
      await visitor.isOn(scene.address(site))
      expect(await banner(visitor).reads()).toContain('Colin Claes · au nom de Les Tilleuls ASBL')
    }
  })

  test('a page for members leads to it by itself, once the person is known', async () => {
    const { scene } = stage
    const visitor = await stage.visitor()
    await visitor.opens(scene.address('guide-social', '/mes-annonces'))
    await visitor.signsInAs(scene.somebody('lecteur'))
    await visitor.isOn(scene.address('guide-social', '/mes-annonces'))
    await visitor.opens(scene.address('sweeli', '/mon-espace'))
    await visitor.isOn(scene.address('sweeli', '/mon-espace'))
    await visitor.sees('Lucie Lambert')
  })

  test('Mon bilan en ligne, another house, asks once what it may know', async () => {
    const { scene } = stage
    const visitor = await stage.visitor()
    await visitor.opens(scene.address('bilan', '/mon-espace'))
    await visitor.sees('Connexion pour accéder à Mon bilan en ligne')
    await visitor.signsInAs(scene.somebody('candidat'))
    await visitor.sees('votre nom et votre langue', 'votre rôle dans Mon bilan en ligne')
    await agreesToShare(visitor)
    await visitor.isOn(scene.address('bilan', '/mon-espace'))

    const elsewhere = await stage.visitor()
    await elsewhere.opens(scene.address('bilan', '/mon-espace'))
    await elsewhere.signsInAs(scene.somebody('candidat'))
    await elsewhere.isOn(scene.address('bilan', '/mon-espace'))
  })

  test('« Gérer mon compte » opens MyANM without asking again, and MyANM opens the sites', async () => {
    const { scene } = stage
    const visitor = await stage.visitor()
    await visitor.opens(scene.address('guide-social', '/mes-annonces'))
    await visitor.signsInAs(scene.somebody('gestionnaire'))
    await banner(visitor).manageAccount()
    await visitor.isOn(scene.address('myanm', '/compte'))
    await visitor.sees('Gérald Gillet', 'Les Tilleuls ASBL', 'Gestionnaire')
    await visitor.follows('Ouvrir MonASBL')
    await visitor.isOn(scene.address('monasbl'))
  })
})
