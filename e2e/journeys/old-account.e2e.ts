import { expect, test } from '@jest/globals'
import { mailTo } from '../mail.ts'
import { banner } from '../pages/banner.ts'
import { giveLogin, givePassword } from '../pages/sign-in.ts'
import { openStage } from '../stage.ts'
import type { Visitor } from '../visitor.ts'

const stage = openStage()
const FIRST = 'le vieux tram du littoral'
const SECOND = 'une gaufre chaude sous la pluie'

/** Acceptance journey 2: a manager of old types the login, and is the manager still. */
test('an old login becomes an account, still GESTIONNAIRE of its organisation', async () => {
  const { scene } = stage
  const visitor = await stage.visitor()
  const { login, email, name } = scene.somebody('ancien')
  await visitor.opens(scene.address('guide-social', '/emplois'))
  await banner(visitor).signIn()
  await giveLogin(visitor, login.toUpperCase())
  await visitor.sees('Première connexion à MyANM', '•••@')
  await visitor.doesNotSee(email)

  const mail = await mailTo(scene, email, 'Première connexion à MyANM')
  await visitor.types('Code reçu par e-mail', mail.code)
  await visitor.presses('Continuer')
  await choose(visitor, 'motdepasse2026', 'Enregistrer et continuer')
  await visitor.sees('trop courant')
  await choose(visitor, FIRST, 'Enregistrer et continuer')
  await visitor.isOn(scene.address('guide-social', '/emplois'))
  expect(await banner(visitor).reads()).toContain('Le Tremplin')

  await visitor.opens(scene.address('monasbl', '/mon-espace'))
  await visitor.sees(name, 'Le Tremplin', /gestionnaire/i)
})

/** Acceptance journey 3, the part of the person: a reset leads back to the very page one came from. */
test('a forgotten password is replaced on the way to the page one wanted', async () => {
  const { scene } = stage
  const visitor = await stage.visitor({ javaScriptEnabled: false })
  const { login, email } = scene.somebody('collaborateur')
  const wanted = scene.address('guide-social', '/mes-annonces')
  await visitor.opens(wanted)
  await giveLogin(visitor, login)
  await visitor.follows('Mot de passe oublié ?')
  await visitor.types('Login ou adresse e-mail', login)
  await visitor.presses('Recevoir l’e-mail')
  await visitor.sees('Si un compte existe', 'SPAM')

  const mail = await mailTo(scene, email, 'Réinitialisez votre mot de passe')
  const scanner = await stage.visitor()
  await scanner.opens(mail.link)
  await scanner.reloads()

  await visitor.opens(mail.link)
  await choose(visitor, SECOND, 'Enregistrer ce mot de passe')
  await visitor.sees('Votre mot de passe est changé')
  await visitor.follows('Me connecter et revenir sur Guide Social')
  await givePassword(visitor, SECOND)
  await visitor.isOn(wanted)
})

async function choose(visitor: Visitor, password: string, button: string): Promise<void> {
  await visitor.types('Nouveau mot de passe', password)
  await visitor.types('Tapez-le une seconde fois', password)
  await visitor.presses(button)
}
