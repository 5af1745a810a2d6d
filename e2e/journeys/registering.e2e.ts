import { describe, expect, test } from '@jest/globals'
import { mailTo } from '../mail.ts'
import { banner } from '../pages/banner.ts'
import { registersAsParticulier } from '../pages/registration.ts'
import { openStage } from '../stage.ts'

const stage = openStage()

const somebodyNew = (email: string) => ({
  firstName: 'Inès',
  lastName: 'Verhaeghe',
  email,
  password: 'un tram jaune au bord de la Meuse',
})

describe('registering', () => {
  /** Acceptance journey 1. */
  test('a visitor of Guide Social registers, confirms, is back on the page, and known everywhere', async () => {
    const { scene } = stage
    const visitor = await stage.visitor()
    const person = somebodyNew('ines@exemple.be')
    await visitor.opens(scene.address('guide-social', '/emplois'))
    await visitor.follows('Psychologue')
    const offer = visitor.page.url()
    await banner(visitor).register()
    await visitor.sees('Inscription pour accéder à Guide Social')
    await registersAsParticulier(visitor, person)
    await visitor.sees('ines@exemple.be', 'SPAM')

    const mail = await mailTo(scene, person.email, 'Confirmez votre adresse e-mail')
    await visitor.opens(mail.link)
    await visitor.presses('Confirmer mon adresse')
    await visitor.isOn(offer)
    expect(await banner(visitor).reads()).toContain('Inès Verhaeghe · en mon nom')

    await visitor.opens(scene.address('monasbl'))
    await banner(visitor).signIn()
    await visitor.isOn(scene.address('monasbl'))
    expect(await banner(visitor).reads()).toContain('Inès Verhaeghe')
    for (const site of ['monasbl', 'guide-social'] as const) {
      await visitor.opens(scene.address(site))
      await banner(visitor).manageAccount()
      await visitor.isOn(scene.address('myanm', '/compte'))
      await visitor.sees('Inès Verhaeghe')
    }
    await mailTo(scene, person.email, 'Votre compte MyANM est activé')
  })

  test('without any script, with the code, the mail opened on a telephone nobody registered with', async () => {
    const { scene } = stage
    const visitor = await stage.visitor({ javaScriptEnabled: false })
    const person = somebodyNew('ines.sans.script@exemple.be')
    await visitor.opens(scene.address('sweeli'))
    await banner(visitor).register()
    await registersAsParticulier(visitor, person)
    const mail = await mailTo(scene, person.email, 'Confirmez votre adresse e-mail')

    // The telephone shows the mail's link; nobody presses anything there.
    const telephone = await stage.visitor({ viewport: { width: 320, height: 640 } })
    await telephone.opens(mail.link)
    await telephone.sees('le mot de passe choisi à l’inscription')

    await visitor.types('Code de l’e-mail', mail.code)
    await visitor.presses('Confirmer')
    await visitor.isOn(scene.address('sweeli'))
    expect(await banner(visitor).reads()).toContain('Inès Verhaeghe')
    await telephone.reloads()
    await telephone.sees('Votre compte est', 'Revenir sur Sweeli')
    await telephone.follows('Revenir sur Sweeli')
    await telephone.isOn(scene.address('sweeli'))
  })

  test('who is signed in already is told so, and goes on', async () => {
    const { scene } = stage
    const visitor = await stage.visitor()
    await visitor.opens(scene.address('guide-social', '/mes-annonces'))
    await visitor.signsInAs(scene.somebody('particulier'))
    await visitor.opens(scene.address('monasbl'))
    await banner(visitor).register()
    await visitor.sees('Vous êtes déjà connecté')
    await visitor.presses(/^Continuer comme/)
    await visitor.isOn(scene.address('monasbl'))
  })
})
