import { describe, expect, test } from '@jest/globals'
import { banner } from '../pages/banner.ts'
import { agreesToShare } from '../pages/consent.ts'
import { openStage } from '../stage.ts'
import type { Visitor } from '../visitor.ts'

const stage = openStage()

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'

/** Somebody on a site, signed in, with the account open by its banner and nothing asked (M11). */
async function managesAccount(key: string): Promise<Visitor> {
  const { scene } = stage
  const visitor = await stage.visitor()
  await visitor.opens(scene.address('sweeli', '/mon-espace'))
  await visitor.signsInAs(scene.somebody(key))
  await banner(visitor).manageAccount()
  await visitor.isOn(scene.address('myanm', '/compte'))
  await visitor.sees(scene.somebody(key).name)
  return visitor
}

describe('« Gérer mon compte »', () => {
  test('from a site, one changes a telephone number without signing in again', async () => {
    const visitor = await managesAccount('particulier')
    await visitor.doesNotSee('BCE', 'TVA')
    await visitor.follows('Identité et coordonnées')
    await visitor.types('Téléphone', '12')
    await visitor.presses('Enregistrer')
    await visitor.sees('Indiquez un numéro de téléphone, par exemple 04 66 56 89 78.')
    expect(await visitor.field('Téléphone').inputValue()).toBe('12')
    await visitor.types('Téléphone', '0470123456')
    await visitor.presses('Enregistrer')
    await visitor.sees('Vos données sont enregistrées.')
    expect(await visitor.field('Téléphone').inputValue()).toBe('0470 12 34 56')
  })

  test('an address changes by the letter to the new one, and the sites hear of it', async () => {
    const { scene } = stage
    const visitor = await managesAccount('independant')
    await visitor.follows('Login, e-mail, mot de passe')
    await visitor.follows(/Modifier.*adresse/)
    await visitor.types('Nouvelle adresse e-mail', 'nouvelle@exemple.be')
    await visitor.presses('Envoyer le lien')
    await visitor.sees('E-mail envoyé', 'nouvelle@exemple.be')

    const mailbox = await stage.visitor()
    await mailbox.opens(scene.address('mailbox'))
    await mailbox.soonSees('Confirmez votre nouvelle adresse', 5_000)
    await mailbox.sees('Votre adresse va changer')
    await mailbox.follows('Confirmez votre nouvelle adresse')
    const link = /http:\S+\/adresse\/[\w.-]+/.exec(await mailbox.page.content())?.[0]
    const elsewhere = await stage.visitor()
    await elsewhere.opens(String(link))
    await elsewhere.sees('Confirmez votre nouvelle adresse', 'nouvelle@exemple.be')
    await elsewhere.presses('Confirmer cette adresse')
    await elsewhere.sees('Votre adresse est changée')

    await visitor.opens(scene.address('myanm', '/compte'))
    await visitor.sees('nouvelle@exemple.be')
  })

  test('another browser is put out, and is out at the site at once', async () => {
    const { scene } = stage
    const visitor = await managesAccount('lecteur')
    const forgotten = await stage.visitor({ userAgent: FIREFOX })
    await forgotten.opens(scene.address('guide-social', '/mes-annonces'))
    await forgotten.signsInAs(scene.somebody('lecteur'))
    const { name } = scene.somebody('lecteur')
    await forgotten.sees(name)

    await visitor.follows('Appareils connectés')
    await visitor.sees('cet appareil', 'Firefox sur Linux', 'Sites ouverts : Guide Social')
    await visitor.presses(/Déconnecter cet appareil/)
    await visitor.sees('L’appareil choisi est déconnecté')
    await visitor.doesNotSee('Firefox sur Linux')
    await forgotten.opens(scene.address('guide-social', '/emplois'))
    await forgotten.soonSees('Connectez-vous', 2_000)
    await forgotten.doesNotSee(name)
  })

  test('« ce n’est pas moi » puts it out and leads to a safer account', async () => {
    const { scene } = stage
    const visitor = await managesAccount('responsable')
    const stranger = await stage.visitor({ userAgent: FIREFOX })
    await stranger.opens(scene.address('guide-social', '/mes-annonces'))
    await stranger.signsInAs(scene.somebody('responsable'))
    await visitor.follows('Appareils connectés')
    await visitor.presses(/Ce n’est pas moi/)
    await visitor.sees('Protégez votre compte', 'Changez votre mot de passe')
    await visitor.follows('Changer mon mot de passe')
    await visitor.types('Nouveau mot de passe', 'trois girafes sous la pluie')
    await visitor.types('Tapez-le une seconde fois', 'trois girafes sous la pluie')
    await visitor.presses('Changer mon mot de passe')
    await visitor.sees('Votre mot de passe est changé.')
    await stranger.opens(scene.address('myanm', '/compte'))
    await stranger.sees('Connectez-vous')
  })

  test('sharing with another house ends, and it asks again', async () => {
    const { scene } = stage
    const visitor = await managesAccount('candidat')
    await visitor.opens(scene.address('bilan', '/mon-espace'))
    await agreesToShare(visitor)
    await visitor.opens(scene.address('myanm', '/compte/sites'))
    await visitor.sees('Mon bilan en ligne', 'Sweeli', 'votre rôle dans Mon bilan en ligne')
    await visitor.presses('Arrêter le partage avec Mon bilan en ligne')
    await visitor.sees('Le partage est arrêté.')
    await visitor.doesNotSee('votre rôle dans Mon bilan en ligne')
    await visitor.opens(scene.address('bilan'))
    await visitor.soonSees('Connectez-vous', 2_000)
    await visitor.opens(scene.address('bilan', '/mon-espace'))
    await visitor.sees('demande à recevoir')
    await agreesToShare(visitor)
    await visitor.isOn(scene.address('bilan', '/mon-espace'))
    await visitor.opens(scene.address('sweeli', '/mon-espace'))
    await visitor.sees(scene.somebody('candidat').name)
  })
})
