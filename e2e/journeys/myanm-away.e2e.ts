import { describe, expect, test } from '@jest/globals'
import { banner } from '../pages/banner.ts'
import { openStage } from '../stage.ts'

const stage = openStage()

const E32 =
  'MyANM est momentanément indisponible. Vous pouvez continuer à consulter le site sans vous connecter.'

describe('while MyANM is away', () => {
  test('sites stay open, signing in says so, and works again as soon as MyANM is back', async () => {
    const { scene } = stage
    const member = await stage.visitor()
    await member.opens(scene.address('guide-social', '/mes-annonces'))
    await member.signsInAs(scene.somebody('collaborateur'))
    const visitor = await stage.visitor()
    await visitor.opens(scene.address('monasbl'))

    await scene.myanm.stop()
    await visitor.opens(scene.address('guide-social', '/emplois'))
    await visitor.follows('Psychologue')
    expect(visitor.status).toBe(200)
    const offer = visitor.page.url()
    for (const site of ['monasbl', 'sweeli', 'bilan'] as const) {
      await visitor.opens(scene.address(site))
      expect(visitor.status).toBe(200)
    }
    await visitor.opens(offer)
    await banner(visitor).signIn()
    expect(visitor.status).toBe(503)
    await visitor.sees(E32)

    await member.reloads()
    expect(member.status).toBe(200)
    await member.sees('Les offres de Les Tilleuls ASBL')
    await member.opens(scene.address('guide-social', '/publier/emploi'))
    expect(member.status).toBe(200)

    await scene.myanm.start()
    await visitor.follows('Réessayer')
    await visitor.signsInAs(scene.somebody('voisin'))
    await visitor.isOn(offer)
    await visitor.sees('Valérie Vermeulen')
    await member.reloads()
    await member.sees('Colin Claes')
  })

  test('nothing is written, and what was typed is not lost', async () => {
    const { scene } = stage
    const member = await stage.visitor()
    await member.opens(scene.address('guide-social', '/publier/emploi'))
    await member.signsInAs(scene.somebody('collaborateur'))
    await member.types('Titre de l’offre', 'Logopède, écrite pendant la panne')

    await scene.myanm.stop()
    await member.presses('Garder en brouillon')
    expect(member.status).toBe(503)
    await member.sees('MyANM est momentanément indisponible.')
    expect(await member.field('Titre de l’offre').inputValue()).toBe(
      'Logopède, écrite pendant la panne',
    )

    await scene.myanm.start()
    await member.presses('Garder en brouillon')
    await member.sees('Votre brouillon est enregistré.')
  })
})
