import { describe, expect, test } from '@jest/globals'
import { keyboardOf } from '../keyboard.ts'
import { banner } from '../pages/banner.ts'
import { choosesToActFor } from '../pages/context.ts'
import { writesOffer } from '../pages/offer-form.ts'
import { signsOut } from '../pages/sign-out.ts'
import { openStage } from '../stage.ts'
import type { Visitor } from '../visitor.ts'

const stage = openStage()

/** From a visitor to an offer online and out again; `looks` at every page on the way. */
async function mainJourney(visitor: Visitor, looks: () => Promise<void>): Promise<void> {
  const { scene } = stage
  const at = (path: string) => scene.address('guide-social', path)
  const somebody = scene.somebody('multi')
  await visitor.opens(at('/'))
  await looks()
  await visitor.follows('Emplois')
  await looks()
  await banner(visitor).signIn()
  await looks()
  await visitor.types('Login ou adresse e-mail', somebody.login)
  await visitor.presses('Continuer')
  await looks()
  await visitor.types('Mot de passe', 'pas encore celui-ci')
  await visitor.presses('Se connecter')
  await visitor.sees('Identifiant ou mot de passe incorrect.')
  await looks()
  await visitor.types('Mot de passe', somebody.password)
  await visitor.presses('Se connecter')
  await looks()
  await choosesToActFor(visitor, 'Le Passage ASBL')
  await visitor.isOn(at('/emplois'))
  await looks()
  await visitor.follows('Publier une offre')
  await looks()
  await visitor.presses('Publier maintenant')
  await visitor.sees('erreurs à corriger')
  await looks()
  await writesOffer(visitor, 'Logopède, écrite en chemin')
  await visitor.presses('Voir l’aperçu')
  await visitor.sees('Aperçu')
  await looks()
  await visitor.presses('Publier')
  await visitor.sees('L’offre est en ligne.')
  await looks()
  await visitor.follows('Mes annonces')
  await looks()
  await banner(visitor).change()
  await choosesToActFor(visitor, 'Les Tilleuls ASBL')
  await visitor.sees('Les offres de Les Tilleuls ASBL')
  await visitor.opens(scene.address('monasbl', '/mon-espace'))
  await looks()
  await signsOut(visitor, 'every site')
  await visitor.sees('Vous êtes déconnecté·e')
  await looks()
}

describe('the whole way, in every manner', () => {
  test('without JavaScript', async () => {
    const visitor = await stage.visitor({ javaScriptEnabled: false })
    await mainJourney(visitor, async () => {})
  })

  test('on the narrowest phone, never scrolling sideways', async () => {
    const visitor = await stage.visitor({ viewport: { width: 320, height: 568 }, hasTouch: true })
    await mainJourney(visitor, async () => {
      const overflow = await visitor.page.evaluate<number>(
        'document.scrollingElement.scrollWidth - window.innerWidth',
      )
      if (overflow > 0) throw new Error(`${visitor.page.url()} is ${overflow} px too wide`)
    })
  })

  test('with a keyboard alone, always seeing where one is', async () => {
    const { scene } = stage
    const visitor = await stage.visitor()
    const keyboard = keyboardOf(visitor)
    const somebody = scene.somebody('multi')
    await visitor.opens(scene.address('guide-social', '/emplois'))
    expect(await keyboard.nextStop()).toEqual({ words: 'Aller au contenu', isSeen: true })
    await keyboard.press('Enter')
    expect((await keyboard.nextStop()).words).toBe('Publier une offre')

    await visitor.reloads()
    await keyboard.entersBy('Connectez-vous')
    await keyboard.types('Login ou adresse e-mail', somebody.login)
    await visitor.leaves(() => keyboard.press('Enter'))
    await keyboard.types('Mot de passe', somebody.password)
    await visitor.leaves(() => keyboard.press('Enter'))
    await visitor.sees('Pour qui agissez-vous ?')
    await keyboard.entersBy('Les Tilleuls ASBL')
    await visitor.isOn(scene.address('guide-social', '/emplois'))

    await keyboard.entersBy('Publier une offre')
    await keyboard.types('Titre de l’offre', 'Logopède, écrite au clavier')
    await keyboard.entersBy('Garder en brouillon')
    await visitor.sees('Votre brouillon est enregistré.', 'Logopède, écrite au clavier')

    await keyboard.entersBy('Se déconnecter')
    await keyboard.entersBy('Se déconnecter de tous les sites')
    await visitor.sees('Vous êtes déconnecté·e')
  })

  test('a mistake is said first: the keyboard starts there and leads to the field', async () => {
    const { scene } = stage
    const visitor = await stage.visitor()
    const keyboard = keyboardOf(visitor)
    await visitor.opens(scene.address('guide-social', '/publier/emploi'))
    await visitor.presses('Continuer')
    expect(await visitor.page.title()).toMatch(/^Erreur\s: /)
    expect((await keyboard.nextStop()).words).toBe('Indiquez votre login ou votre adresse e-mail.')
    await keyboard.press('Enter')
    expect(await visitor.page.locator(':focus').getAttribute('name')).toBe('identifiant')
  })
})
