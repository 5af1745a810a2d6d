import { describe, expect, test } from '@jest/globals'
import { banner } from '../pages/banner.ts'
import { signsOut } from '../pages/sign-out.ts'
import { openStage } from '../stage.ts'
import type { Visitor } from '../visitor.ts'

const stage = openStage()

const SITES = ['guide-social', 'monasbl', 'sweeli'] as const

/** Signed in on three sites, in front of the first. */
async function signedInEverywhere(): Promise<Visitor> {
  const { scene } = stage
  const visitor = await stage.visitor()
  await visitor.opens(scene.address('guide-social', '/mes-annonces'))
  await visitor.signsInAs(scene.somebody('collaborateur'))
  for (const site of ['monasbl', 'sweeli'] as const) {
    await visitor.opens(scene.address(site, '/mon-espace'))
    await visitor.sees('Colin Claes')
  }
  await visitor.opens(scene.address('guide-social', '/emplois'))
  return visitor
}

describe('signing out', () => {
  test('of this site only leaves the others open, and the way back in is one click', async () => {
    const { scene } = stage
    const visitor = await signedInEverywhere()
    await signsOut(visitor, 'this site')
    await visitor.isOn(scene.address('guide-social'))
    await visitor.sees('Vous êtes déconnecté·e de ce site.', 'Connectez-vous')
    await visitor.doesNotSee('Colin Claes')
    await visitor.opens(scene.address('monasbl', '/mon-espace'))
    await visitor.sees('Colin Claes')

    await visitor.opens(scene.address('guide-social', '/emplois'))
    await banner(visitor).signIn()
    await visitor.isOn(scene.address('guide-social', '/emplois'))
    await visitor.sees('Colin Claes')
  })

  test('of every site signs out the others too, within two seconds', async () => {
    const { scene } = stage
    const visitor = await signedInEverywhere()
    const windows: Visitor[] = []
    for (const site of SITES) {
      const window = await visitor.opensAnotherTab()
      await window.opens(scene.address(site))
      await window.sees('Colin Claes')
      windows.push(window)
    }
    await signsOut(visitor, 'every site')
    await visitor.isOn(scene.address('guide-social', '/deconnecte'))
    await visitor.sees('Vous êtes déconnecté·e')
    await Promise.all(windows.map((window) => window.soonSees('Connectez-vous', 2_000)))
    for (const window of windows) await window.doesNotSee('Colin Claes')

    await visitor.opens(scene.address('sweeli', '/mon-espace'))
    await visitor.sees('Connexion pour accéder à Sweeli', 'Login ou adresse e-mail')
  })

  test('from MyANM itself ends the sites as well', async () => {
    const { scene } = stage
    const visitor = await signedInEverywhere()
    await banner(visitor).manageAccount()
    await banner(visitor).signOut()
    await visitor.sees('Se déconnecter de tous les sites ?')
    await visitor.presses('Se déconnecter partout')
    await visitor.sees('Vous êtes déconnecté')
    await visitor.opens(scene.address('monasbl'))
    await visitor.soonSees('Connectez-vous', 2_000)
  })

  test('one may stay after all', async () => {
    const { scene } = stage
    const visitor = await signedInEverywhere()
    await banner(visitor).signOut()
    await visitor.follows('Rester connecté')
    await visitor.isOn(scene.address('guide-social', '/emplois'))
    await visitor.sees('Colin Claes')
  })

  test('on a shared computer the next person finds nothing of the one before', async () => {
    const { scene } = stage
    const visitor = await signedInEverywhere()
    await visitor.opens(scene.address('guide-social', '/mes-annonces'))
    await signsOut(visitor, 'every site')
    await visitor.goesBack()
    await visitor.reloads()
    await visitor.doesNotSee('Colin Claes', 'Brouillon')
    await visitor.opens(scene.address('guide-social', '/mes-annonces'))
    expect(await visitor.field('Login ou adresse e-mail').inputValue()).toBe('')
    await visitor.signsInAs(scene.somebody('voisin'))
    await visitor.sees('Valérie Vermeulen', 'Les offres de Le Passage ASBL')
  })
})
