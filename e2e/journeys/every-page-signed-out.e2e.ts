import { describe, expect, test } from '@jest/globals'
import { query } from '@myanm/testing'
import { banner } from '../pages/banner.ts'
import { giveLogin, givePassword } from '../pages/sign-in.ts'
import { openStage } from '../stage.ts'
import { tourOf } from '../tour.ts'

const stage = openStage()

/** Accessible by day and by night, wide and narrow; never a dead end, never a dead link. */
describe('every page met by somebody not signed in holds up', () => {
  test('on Guide Social', async () => {
    const visitor = await stage.visitor()
    const tour = await tourOf(visitor)
    const at = (path: string) => stage.scene.address('guide-social', path)
    await tour.opens(at('/'))
    await tour.opens(at('/emplois'))
    await tour.opens(at('/emplois?mot=psychologue&contrat=cdd'))
    await tour.opens(at('/emplois?mot=introuvable'))
    await visitor.opens(at('/emplois'))
    await visitor.follows('Psychologue')
    await tour.looks()
    await tour.opens(at('/aide/publier'))
    await tour.opens(at('/emplois/une-offre__999999'))
    await tour.opens(at('/nulle-part'))
    await tour.opens(at('/emplois?mot=%00'))
    await tour.opens(at('/deconnecte'))
    await tour.opens(at('/retour?state=inconnu&code=inconnu'))
    expect(tour.faults).toEqual([])
  })

  test('on the three other sites and in the mailbox', async () => {
    const visitor = await stage.visitor()
    const tour = await tourOf(visitor)
    for (const site of ['monasbl', 'sweeli', 'bilan'] as const) {
      await tour.opens(stage.scene.address(site))
      await tour.opens(stage.scene.address(site, '/nulle-part'))
    }
    await tour.opens(stage.scene.address('mailbox'))
    expect(tour.faults).toEqual([])
  })

  test('on MyANM, each step of signing in and each mistake', async () => {
    const { scene } = stage
    const visitor = await stage.visitor()
    const tour = await tourOf(visitor)
    const at = (path: string) => scene.address('myanm', path)
    await tour.opens(at('/'))
    await tour.opens(at('/nulle-part'))
    await tour.opens(at('/authorize?client_id=inconnu'))
    await tour.opens(at('/logout'))

    await visitor.opens(scene.address('sweeli'))
    await banner(visitor).signIn()
    await tour.looks()
    await giveLogin(visitor, '')
    await visitor.sees('Indiquez votre login ou votre adresse e-mail.')
    await tour.looks()
    await giveLogin(visitor, 'ines.iserbyt')
    await tour.looks()
    for (let time = 0; time < 5; time += 1) await givePassword(visitor, 'mauvais')
    await tour.looks()
    await givePassword(visitor, 'mauvais')
    await visitor.sees('Trop de tentatives.')
    await tour.looks()
    await visitor.presses('Annuler et revenir sur Sweeli')
    await visitor.sees('La connexion a été annulée.')
    await tour.looks()

    await banner(visitor).signIn()
    await query(scene.database, "delete from oidc_artefact where kind = 'Interaction'")
    await visitor.reloads()
    await visitor.sees('Votre demande de connexion a expiré.')
    await tour.looks()

    await visitor.opens(scene.address('mailbox'))
    await visitor.soonSees('ines.iserbyt@exemple.be', 5_000)
    await tour.looks()
    await visitor.follows(/./, visitor.page.getByRole('main'))
    await tour.looks()
    expect(tour.faults).toEqual([])
  })

  test('while MyANM is away', async () => {
    const { scene } = stage
    const visitor = await stage.visitor()
    const tour = await tourOf(visitor)
    await visitor.opens(scene.address('monasbl'))
    await scene.myanm.stop()
    await banner(visitor).signIn()
    await visitor.sees('MyANM est momentanément indisponible.')
    expect(await tour.looksAlone()).toEqual([])
    await scene.myanm.start()
  })
})
