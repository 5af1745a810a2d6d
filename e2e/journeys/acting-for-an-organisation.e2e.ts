import { describe, expect, test } from '@jest/globals'
import { banner } from '../pages/banner.ts'
import { choosesToActFor } from '../pages/context.ts'
import { openStage } from '../stage.ts'
import type { Visitor } from '../visitor.ts'

const stage = openStage()

const TILLEULS = 'Martine Maes · au nom de Les Tilleuls ASBL'
const PASSAGE = 'Martine Maes · au nom de Le Passage ASBL'
const ALONE = 'Martine Maes · en mon nom'

async function signedIn(organisation: string): Promise<Visitor> {
  const { scene } = stage
  const visitor = await stage.visitor()
  await visitor.opens(scene.address('guide-social', '/emplois'))
  await banner(visitor).signIn()
  await visitor.signsInAs(scene.somebody('multi'))
  await choosesToActFor(visitor, organisation)
  return visitor
}

describe('somebody of two organisations', () => {
  test('chooses when signing in, and reads in whose name they act on every page', async () => {
    const visitor = await signedIn('Les Tilleuls ASBL')
    await visitor.isOn(stage.scene.address('guide-social', '/emplois'))
    expect(await banner(visitor).reads()).toContain(TILLEULS)
    await visitor.follows('Mes annonces')
    await visitor.sees('Les offres de Les Tilleuls ASBL')
    await visitor.doesNotSee('Le Passage ASBL')
  })

  test('changes from the banner without a password, and is back on the same page', async () => {
    const visitor = await signedIn('Les Tilleuls ASBL')
    await visitor.opens(stage.scene.address('guide-social', '/mes-annonces'))
    await banner(visitor).change()
    await choosesToActFor(visitor, 'Le Passage ASBL')
    await visitor.isOn(stage.scene.address('guide-social', '/mes-annonces'))
    expect(await banner(visitor).reads()).toContain(PASSAGE)
    await visitor.sees('Les offres de Le Passage ASBL')
    await visitor.doesNotSee('Les Tilleuls ASBL')

    await banner(visitor).change()
    await choosesToActFor(visitor, 'En mon nom')
    expect(await banner(visitor).reads()).toContain(ALONE)
  })

  test('is not asked again by the next site, and each site keeps the choice made on it', async () => {
    const { scene } = stage
    const visitor = await signedIn('Les Tilleuls ASBL')
    await visitor.opens(scene.address('monasbl', '/mon-espace'))
    expect(await banner(visitor).reads()).toContain(TILLEULS)
    await banner(visitor).change()
    await choosesToActFor(visitor, 'Le Passage ASBL')
    expect(await banner(visitor).reads()).toContain(PASSAGE)

    await visitor.opens(scene.address('guide-social', '/mes-annonces'))
    expect(await banner(visitor).reads()).toContain(TILLEULS)
    await visitor.opens(scene.address('sweeli', '/mon-espace'))
    expect(await banner(visitor).reads()).toContain(PASSAGE)
  })

  test('may change their mind, and nothing has changed', async () => {
    const visitor = await signedIn('Les Tilleuls ASBL')
    await banner(visitor).change()
    await visitor.presses('Annuler et revenir sur Guide Social')
    await visitor.sees('La connexion a été annulée.')
    await visitor.opens(stage.scene.address('guide-social', '/emplois'))
    expect(await banner(visitor).reads()).toContain(TILLEULS)
  })
})
