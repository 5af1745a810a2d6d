import { describe, expect, test } from '@jest/globals'
import { query } from '@myanm/testing'
import { banner } from '../pages/banner.ts'
import { giveLogin, givePassword } from '../pages/sign-in.ts'
import { signsOut } from '../pages/sign-out.ts'
import { openStage } from '../stage.ts'
import type { Visitor } from '../visitor.ts'

const stage = openStage()

async function atSignIn(path = '/emplois'): Promise<Visitor> {
  const visitor = await stage.visitor()
  await visitor.opens(stage.scene.address('guide-social', path))
  await banner(visitor).signIn()
  return visitor
}

describe('whoever loses the thread of signing in finds it again', () => {
  test('the back button after signing in does no harm', async () => {
    const visitor = await atSignIn()
    await visitor.signsInAs(stage.scene.somebody('collaborateur'))
    await visitor.isOn(stage.scene.address('guide-social', '/emplois'))
    await visitor.goesBack()
    await visitor.sees('Guide Social')
    await visitor.follows(/Guide Social/, visitor.page.getByRole('main'))
    await visitor.isOn(stage.scene.address('guide-social'))
    await visitor.sees('Colin Claes')
  })

  test('a sign-in page left open in another tab still signs in', async () => {
    const stale = await atSignIn()
    const tab = await stale.opensAnotherTab()
    await tab.opens(stage.scene.address('monasbl', '/mon-espace'))
    await tab.signsInAs(stage.scene.somebody('collaborateur'))
    await tab.sees('Colin Claes')

    await stale.signsInAs(stage.scene.somebody('collaborateur'))
    await stale.isOn(stage.scene.address('guide-social', '/emplois'))
    await stale.sees('Colin Claes')
    await tab.reloads()
    await tab.sees('Colin Claes')
  })

  test('two tabs sign in at once, each ends on its own page', async () => {
    const { scene } = stage
    const first = await atSignIn('/emplois')
    const second = await first.opensAnotherTab()
    await second.opens(scene.address('guide-social', '/aide/publier'))
    await banner(second).signIn()
    const somebody = scene.somebody('responsable')
    await giveLogin(first, somebody.login)
    await giveLogin(second, somebody.login)
    await Promise.all([
      givePassword(first, somebody.password),
      givePassword(second, somebody.password),
    ])
    await first.isOn(scene.address('guide-social', '/emplois'))
    await second.isOn(scene.address('guide-social', '/aide/publier'))
    for (const tab of [first, second]) {
      await tab.reloads()
      await tab.sees('Rachida Renard')
    }
  })

  test('a cancelled sign-in says so and can be begun again', async () => {
    const visitor = await atSignIn()
    await visitor.presses('Annuler et revenir sur Guide Social')
    await visitor.isOn(/guide-social|\/retour\?/)
    await visitor.sees('La connexion a été annulée.')
    await visitor.follows('Recommencer la connexion')
    await visitor.signsInAs(stage.scene.somebody('voisin'))
    await visitor.isOn(stage.scene.address('guide-social', '/emplois'))
  })

  test('a sign-in that took too long leads back to the sites', async () => {
    const { scene } = stage
    const visitor = await atSignIn()
    await giveLogin(visitor, scene.somebody('voisin').login)
    await query(scene.database, "delete from oidc_artefact where kind = 'Interaction'")
    await givePassword(visitor, scene.somebody('voisin').password)
    expect(visitor.status).toBe(400)
    await visitor.sees('Votre demande de connexion a expiré. Recommencez.')
    await visitor.follows(/Guide Social/, visitor.page.getByRole('main'))
    await visitor.isOn(scene.address('guide-social'))
  })

  test('the address of somebody else’s sign-in opens nothing', async () => {
    const visitor = await atSignIn()
    const other = await stage.visitor()
    await other.opens(visitor.page.url())
    expect(other.status).toBe(400)
    await other.sees('Votre demande de connexion a expiré. Recommencez.')
  })

  test('the answer of MyANM opened again leads to the page, not to an error', async () => {
    const visitor = await stage.visitor()
    const answers: string[] = []
    visitor.page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/retour') answers.push(request.url())
    })
    await visitor.opens(stage.scene.address('guide-social', '/mes-annonces'))
    await visitor.signsInAs(stage.scene.somebody('collaborateur'))
    await visitor.opens(answers[0] ?? '')
    await visitor.isOn(stage.scene.address('guide-social', '/mes-annonces'))
    const other = await stage.visitor()
    await other.opens(answers[0] ?? '')
    expect(other.status).toBe(400)
    await other.sees('Recommencer la connexion')
  })

  test('somebody signed in who asks to sign in is simply there', async () => {
    const visitor = await atSignIn()
    await visitor.signsInAs(stage.scene.somebody('collaborateur'))
    await visitor.opens(stage.scene.address('guide-social', '/connexion?retour=/mes-annonces'))
    await visitor.isOn(stage.scene.address('guide-social', '/mes-annonces'))
  })

  test('another person signs in where somebody was: the first one is gone everywhere', async () => {
    const { scene } = stage
    const first = await atSignIn()
    const tab = await first.opensAnotherTab()
    await tab.opens(scene.address('sweeli', '/mon-espace'))
    await first.signsInAs(scene.somebody('collaborateur'))
    await tab.signsInAs(scene.somebody('voisin'))
    await tab.sees('Valérie Vermeulen')
    await first.soonSees('Connectez-vous', 2_000)
    await banner(first).signIn()
    await first.sees('Valérie Vermeulen')
  })

  test('whoever is signed out while writing signs in next door and sends again, nothing lost', async () => {
    const { scene } = stage
    const writer = await stage.visitor()
    await writer.opens(scene.address('guide-social', '/publier/emploi'))
    await writer.signsInAs(scene.somebody('collaborateur'))
    await writer.types('Titre de l’offre', 'Logopède, écrite en deux fois')
    const tab = await writer.opensAnotherTab()
    await tab.opens(scene.address('monasbl', '/mon-espace'))
    await signsOut(tab, 'every site')
    await tab.opens(scene.address('guide-social'))
    await tab.soonSees('Connectez-vous', 2_000)

    await writer.presses('Garder en brouillon')
    await writer.sees('Votre session est terminée. Votre texte est toujours là.')
    const link = writer.page.getByRole('link', { name: 'Me connecter dans un nouvel onglet' })
    await tab.opens((await link.getAttribute('href')) ?? '')
    await tab.signsInAs(scene.somebody('collaborateur'))
    await tab.sees('Vous êtes connecté·e')

    await writer.presses('Garder en brouillon')
    await writer.sees('Votre brouillon est enregistré.', 'Logopède, écrite en deux fois')
  })
})
