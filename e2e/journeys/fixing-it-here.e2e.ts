import { describe, expect, test } from '@jest/globals'
import { hasNextStep } from '../inspection.ts'
import { mailTo } from '../mail.ts'
import { openStage } from '../stage.ts'
import type { Visitor } from '../visitor.ts'

// « Vous ne pouvez pas encore entrer » (ahead 2): from a refusal to the page one wanted.

const stage = openStage()
const publishing = () => stage.scene.address('guide-social', '/publier/emploi')

const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true }
const PLAIN = { javaScriptEnabled: false }

async function signedIn(key: string, address: string, how: object = {}): Promise<Visitor> {
  const visitor = await stage.visitor(how)
  await visitor.opens(address)
  await visitor.signsInAs(stage.scene.somebody(key))
  return visitor
}

describe('somebody who cannot enter yet', () => {
  test('asks for the role in two clicks, is given it from the mail, and is on the page they wanted', async () => {
    const { scene } = stage
    const reader = await signedIn('lecteur', publishing())
    expect(reader.status).toBe(403)
    await reader.follows('Demander un rôle plus élevé')
    await reader.sees('Vous ne pouvez pas encore entrer : voici comment', 'Gérald Gillet')
    await reader.presses('Envoyer la demande')
    await reader.sees('Votre demande est envoyée.', 'Vérifier maintenant')

    const { email } = scene.somebody('gestionnaire')
    const mail = await mailTo(scene, email, 'Demande de rattachement')
    const manager = await signedIn('gestionnaire', mail.link)
    await manager.sees('Demande un rôle plus élevé', 'Rôle souhaité : Collaborateur')
    await manager.presses('Collaborateur')
    await manager.sees('le nouveau rôle s’applique dès maintenant')

    await reader.follows('Vérifier maintenant')
    await reader.isOn(publishing())
    expect(reader.status).toBe(200)
    await reader.sees('Publier')

    // Later too, from the mail that says so.
    const answer = await mailTo(
      scene,
      scene.somebody('lecteur').email,
      'Votre demande est approuvée',
    )
    await reader.opens(answer.link)
    await reader.follows('Continuer sur Guide Social')
    await reader.isOn(publishing())
  })

  test('in their own name only, asks their organisation on the same page', async () => {
    const visitor = await signedIn('particulier', publishing())
    await visitor.follows('Agir pour un organisme')
    await visitor.types('Numéro d’entreprise', '0566.988.258')
    await visitor.presses('Envoyer la demande')
    await visitor.sees("Ce numéro d'entreprise n'est pas valide.")
    await visitor.follows('Revenir à l’accueil de Guide Social')
    await visitor.isOn(stage.scene.address('guide-social', '/'))
  })

  test.each([
    ['on a phone', PHONE],
    ['without script', PLAIN],
  ])('asks for a role, and finds an organisation by its name to ask it: %s', async (_, how) => {
    const colleague = await signedIn(
      'lecteur',
      stage.scene.address('guide-social', '/connexion?minimum_role=RESPONSABLE&retour=/'),
      how,
    )
    await colleague.sees('Vous ne pouvez pas encore entrer')
    await colleague.presses('Envoyer la demande')
    await colleague.sees('Votre demande est envoyée.')
    await colleague.presses('Retirer ma demande')
    await colleague.sees('Votre demande est retirée.')

    const visitor = await signedIn('particulier', publishing(), how)
    await visitor.follows('Agir pour un organisme')
    await visitor.types('Nom de l’organisme', 'tilleuls')
    await visitor.types('Votre message', 'C’est moi')
    await visitor.presses('Envoyer la demande')
    await visitor.sees('Lequel est votre organisme ?')
    await visitor.presses(/Tilleuls/)
    await visitor.sees('Votre demande est envoyée.')
    await visitor.presses('Retirer ma demande')
    await visitor.sees('Votre demande est retirée.')
  })

  test('is never left without a next step, whatever refuses them', async () => {
    const { scene } = stage
    const needs = [
      '/connexion?organisation=organisme',
      ...['LECTEUR', 'COLLABORATEUR', 'RESPONSABLE', 'GESTIONNAIRE'].map(
        (role) => `/connexion?minimum_role=${role}&retour=/publier/emploi`,
      ),
      `/connexion?organisation=${crypto.randomUUID()}`,
      '/publier/emploi',
    ]
    for (const key of ['collegue', 'particulier', 'independant', 'multi']) {
      const visitor = await signedIn(key, scene.address('myanm', '/compte'))
      for (const path of needs) {
        await visitor.opens(scene.address('guide-social', path))
        expect([key, path, await hasNextStep(visitor)]).toEqual([key, path, true])
      }
      for (const site of ['monasbl', 'sweeli', 'bilan'] as const) {
        await visitor.opens(scene.address(site, '/mon-espace'))
        expect([key, site, await hasNextStep(visitor)]).toEqual([key, site, true])
      }
    }
  })
})
