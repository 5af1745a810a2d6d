import { describe, expect, test } from '@jest/globals'
import { Secret, TOTP } from 'otpauth'
import { banner } from '../pages/banner.ts'
import { securityPage, virtualAuthenticator } from '../pages/security.ts'
import { giveLogin, givePassword } from '../pages/sign-in.ts'
import { openStage } from '../stage.ts'
import { tourOf } from '../tour.ts'
import type { Visitor } from '../visitor.ts'

const stage = openStage()
const myanm = (path: string) => stage.scene.address('myanm', path)

async function atSecurity(key: string): Promise<Visitor> {
  const visitor = await stage.visitor()
  await visitor.opens(myanm('/compte/securite'))
  await visitor.signsInAs(stage.scene.somebody(key))
  await visitor.sees('Sécurité renforcée')
  return visitor
}

async function signsOut(visitor: Visitor): Promise<void> {
  await visitor.opens(myanm('/logout'))
  await visitor.presses('Se déconnecter partout')
  await visitor.sees('Vous êtes déconnecté')
}

describe('a passkey', () => {
  test('is made on the device and signs in at any site, without login or password', async () => {
    const visitor = await atSecurity('lecteur')
    const tour = await tourOf(visitor)
    await using _device = await virtualAuthenticator(visitor)
    await tour.looks()
    await visitor.follows('Ajouter une clé d’accès')
    await tour.looks()
    await visitor.types('Nom de la clé', 'Mon téléphone')
    await visitor.presses('Créer la clé d’accès')
    // Codes on paper come with the first one.
    await visitor.sees('La clé d’accès est ajoutée.', 'Gardez vos codes de secours')
    await tour.looks()
    await visitor.presses('J’ai gardé ces codes')
    await visitor.sees('Mon téléphone', 'Il vous reste 10 codes de secours.')
    await tour.looks()
    await visitor.follows('Modifier')
    await tour.looks()

    await signsOut(visitor)
    await visitor.opens(stage.scene.address('guide-social', '/emplois'))
    // Nothing to type or to press: the browser offers it where the login would be typed.
    await banner(visitor).signIn()
    await visitor.page.waitForURL(stage.scene.address('guide-social', '/emplois'))
    await visitor.sees(stage.scene.somebody('lecteur').name)
    expect(tour.faults).toEqual([])
  })

  test('is asked for after the password, and another way leads in without it', async () => {
    const somebody = stage.scene.somebody('responsable')
    const visitor = await atSecurity('responsable')
    const device = await virtualAuthenticator(visitor)
    const security = securityPage(visitor)
    await security.addsPasskey('Mon ordinateur')
    const codes = await security.keepsCodes()
    await signsOut(visitor)
    await device.rests()
    await visitor.opens(stage.scene.address('monasbl', '/mon-espace'))
    await giveLogin(visitor, somebody.login)
    await givePassword(visitor, somebody.password)
    await visitor.sees('Une dernière vérification')
    const tour = await tourOf(visitor)
    await tour.looks()
    await device.isTouched()
    await visitor.presses('Utiliser ma clé d’accès')
    await visitor.page.waitForURL(stage.scene.address('monasbl', '/mon-espace'))
    await visitor.sees(somebody.name)

    // The device is lost: its key answers no more.
    await signsOut(visitor)
    await device[Symbol.asyncDispose]()
    await visitor.opens(stage.scene.address('monasbl', '/mon-espace'))
    await giveLogin(visitor, somebody.login)
    await givePassword(visitor, somebody.password)
    await visitor.follows('Je n’ai plus accès à ces moyens')
    await tour.looks()
    await visitor.follows('Utiliser un code de secours')
    await visitor.types('Code de secours', 'ce n’est pas un code')
    await visitor.presses('Vérifier et continuer')
    await visitor.sees('Ce code de secours ne convient pas')
    await tour.looks()
    await visitor.types('Code de secours', codes[0] ?? '')
    await visitor.presses('Vérifier et continuer')
    await visitor.sees(somebody.name)
    expect(tour.faults).toEqual([])
  })

  test('that the person refuses to use says so, and everything else still works', async () => {
    const visitor = await stage.visitor()
    await using _device = await virtualAuthenticator(visitor, 'nobody’s finger')
    await visitor.opens(myanm('/compte'))
    await visitor.page.getByRole('button', { name: 'Se connecter avec une clé d’accès' }).click()
    await visitor.page.getByText('La clé d’accès n’a pas pu être utilisée.').waitFor()
    await visitor.signsInAs(stage.scene.somebody('voisin'))
    await visitor.isOn(myanm('/compte'))
  })

  test('is not offered without script, and nothing is missed', async () => {
    const visitor = await stage.visitor({ javaScriptEnabled: false })
    await visitor.opens(myanm('/compte/securite/cle'))
    await visitor.doesNotSee('Se connecter avec une clé d’accès')
    await visitor.signsInAs(stage.scene.somebody('independant'))
    await visitor.sees('il faut un navigateur récent', 'Utiliser plutôt une application de codes')
  })
})

test('the codes of an application are set up and asked for, without script', async () => {
  const somebody = stage.scene.somebody('collaborateur')
  const visitor = await stage.visitor({ javaScriptEnabled: false })
  await visitor.opens(myanm('/compte/securite/application'))
  await visitor.signsInAs(somebody)
  const secret = (await visitor.page.locator('.written-secret').innerText()).replaceAll(' ', '')
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  await visitor.types('Code à 6 chiffres', totp.generate({ timestamp: Date.now() - 30_000 }))
  await visitor.presses('Activer les codes')
  await visitor.sees('un code vous sera demandé après votre mot de passe')
  await signsOut(visitor)
  await visitor.opens(stage.scene.address('guide-social', '/mes-annonces'))
  await visitor.signsInAs(somebody)
  await visitor.types('Code à 6 chiffres', totp.generate())
  await visitor.presses('Vérifier et continuer')
  await visitor.isOn(stage.scene.address('guide-social', '/mes-annonces'))
})

test('a page of codes and one of an application hold up', async () => {
  const visitor = await atSecurity('gestionnaire')
  const tour = await tourOf(visitor)
  await tour.opens(myanm('/compte/securite/application'))
  await visitor.presses('Activer les codes')
  await visitor.sees('Recopiez le code affiché par l’application.')
  await tour.looks()
  expect(tour.faults).toEqual([])
})
