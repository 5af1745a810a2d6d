import { Secret, TOTP } from 'otpauth'
import { mailTo } from './mail.ts'
import { giveLogin, givePassword } from './pages/sign-in.ts'
import type { Scene } from './scene.ts'
import type { Visitor } from './visitor.ts'

/** Told of each page on the way, by a name for its picture. */
export type Stop = (name: string) => Promise<void>

/** One way through the pages of a person's account, from end to end. */
export type Walk = (scene: Scene, visitor: Visitor, stop: Stop) => Promise<void>

export const NEW_PASSWORD = 'trois petits chats gris'

/** From a site's « Inscrivez-vous », by every mistake, to the site, signed in. */
export const registers: Walk = async (scene, visitor, stop) => {
  const email = 'nadia.neuve@exemple.be'
  await visitor.opens(scene.address('guide-social', '/emplois'))
  await visitor.follows('Inscrivez-vous')
  await stop('register')
  await visitor.follows('En indépendant')
  await stop('register-independant')
  await visitor.follows('Choisir un autre profil')
  await visitor.follows('En particulier')
  await visitor.presses('S’inscrire')
  await visitor.sees('ce champ est obligatoire')
  await stop('register-mistakes')
  await visitor.types('Prénom', 'Nadia')
  await visitor.types(/^\s*Nom\s*$/, 'Neuve')
  await visitor.types('Adresse e-mail', email)
  await visitor.types('Mot de passe', NEW_PASSWORD)
  await visitor.types('Tapez-le une seconde fois', NEW_PASSWORD)
  await visitor.ticks('conditions')
  await visitor.presses('S’inscrire')
  await visitor.sees(email)
  await stop('register-confirm')
  const mail = await mailTo(scene, email, 'Confirmez votre adresse e-mail')
  await visitor.follows(/adresse/, visitor.page.getByRole('main'))
  await stop('register-other-address')
  await visitor.goesBack()
  await visitor.opens(mail.link)
  await stop('confirm')
  await visitor.presses(/[Cc]onfirmer/)
  await visitor.isOn(scene.address('guide-social', '/emplois'))
  await visitor.opens(mail.link)
  await stop('confirm-again')
}

/** From a forgotten password to a new one, and every page of whoever is stuck. */
export const getsBackIn: Walk = async (scene, visitor, stop) => {
  const { login, email } = scene.somebody('lecteur')
  await visitor.opens(scene.address('monasbl', '/mon-espace'))
  await stop('sign-in-monasbl')
  await visitor.follows('Mot de passe oublié ?')
  await stop('forgotten')
  await visitor.types('Login ou adresse e-mail', login)
  await visitor.presses('Recevoir l’e-mail')
  await stop('forgotten-sent')
  await visitor.types('Code reçu par e-mail', '1234 5678')
  await visitor.presses('Continuer')
  await stop('forgotten-wrong-code')
  const mail = await mailTo(scene, email, 'Réinitialisez votre mot de passe')
  await visitor.opens(mail.link)
  await stop('new-password')
  await visitor.presses('Enregistrer ce mot de passe')
  await stop('new-password-mistakes')
  await visitor.types('Nouveau mot de passe', NEW_PASSWORD)
  await visitor.types('Tapez-le une seconde fois', NEW_PASSWORD)
  await visitor.presses('Enregistrer ce mot de passe')
  await stop('password-changed')
  await visitor.opens(mail.link)
  await stop('dead-link')
  await visitor.opens(scene.address('myanm', '/mot-de-passe/change'))
  await visitor.follows(/Me connecter/)
  await givePassword(visitor, NEW_PASSWORD)
  await visitor.isOn(/\/mon-espace/)
}

/** An old account, from its login to a password of its own. */
export const claimsOldAccount: Walk = async (scene, visitor, stop) => {
  const { login, email } = scene.somebody('ancien')
  await visitor.opens(scene.address('guide-social', '/mes-annonces'))
  await giveLogin(visitor, login)
  await visitor.sees('Première connexion à MyANM')
  await stop('first-sign-in')
  await visitor.follows('Je n’ai plus accès à cette adresse')
  await stop('first-sign-in-dead-address')
  await visitor.goesBack()
  const mail = await mailTo(scene, email, 'Première connexion à MyANM')
  await visitor.types('Code reçu par e-mail', mail.code)
  await visitor.presses('Continuer')
  await stop('first-sign-in-password')
  await visitor.types('Nouveau mot de passe', NEW_PASSWORD)
  await visitor.types('Tapez-le une seconde fois', NEW_PASSWORD)
  await visitor.presses('Enregistrer et continuer')
  await visitor.isOn(scene.address('guide-social', '/mes-annonces'))
}

/** Help, contact and the pages the law asks for. */
export const asksForHelp: Walk = async (scene, visitor, stop) => {
  const at = (path: string) => scene.address('myanm', path)
  for (const [name, path] of [
    ['help', '/aide'],
    ['help-sign-in', '/aide/connexion'],
    ['help-first-sign-in', '/aide/premiere-connexion'],
    ['help-password', '/aide/mot-de-passe'],
    ['help-login', '/aide/login'],
    ['status', '/etat'],
    ['legal', '/mentions-legales'],
    ['privacy', '/vie-privee'],
    ['accessibility', '/accessibilite'],
    ['terms', '/conditions'],
    ['forgotten-login', '/identifiant-oublie'],
  ] as const) {
    await visitor.opens(at(path))
    await stop(name)
  }
  await visitor.opens(at('/contact'))
  await visitor.presses('Envoyer')
  await stop('contact-mistakes')
  await visitor.types('Votre nom', 'Nadia Neuve')
  await visitor.types('e-mail', 'nadia@exemple.be')
  await visitor.types('Votre message', 'Je ne retrouve pas mon login.')
  await visitor.presses('Envoyer')
  await visitor.sees('Votre message est arrivé')
  await stop('contact-sent')
}

/** Every page of « Mon compte », with what one changes there. */
export const managesAccount: Walk = async (scene, visitor, stop) => {
  const at = (path: string) => scene.address('myanm', path)
  await visitor.opens(at('/compte'))
  await visitor.signsInAs(scene.somebody('independant'))
  await stop('account')
  await visitor.opens(at('/compte/identite'))
  await stop('identity')
  await visitor.types('Téléphone', '12')
  await visitor.presses(/Enregistrer/)
  await stop('identity-mistakes')
  for (const [name, path] of [
    ['sign-in-settings', '/compte/connexion'],
    ['change-login', '/compte/connexion/login'],
    ['change-password', '/compte/connexion/mot-de-passe'],
    ['change-address', '/compte/connexion/adresse'],
  ] as const) {
    await visitor.opens(at(path))
    await stop(name)
  }
  await visitor.types('Nouvelle adresse', 'ines.nouvelle@exemple.be')
  await visitor.presses('Envoyer le lien')
  await stop('change-address-sent')
  const mail = await mailTo(scene, 'ines.nouvelle@exemple.be', 'nouvelle adresse')
  await visitor.opens(mail.link)
  await stop('confirm-address')
  for (const [name, path] of [
    ['security', '/compte/securite'],
    ['security-application', '/compte/securite/application'],
    ['security-passkey', '/compte/securite/cle'],
    ['sessions', '/compte/sessions'],
    ['protect', '/compte/sessions/proteger'],
    ['sites', '/compte/sites'],
    ['preferences', '/compte/preferences'],
    ['data', '/compte/donnees'],
    ['journal', '/compte/donnees/journal'],
    ['leave', '/compte/donnees/suppression'],
  ] as const) {
    await visitor.opens(at(path))
    await stop(name)
  }
  await visitor.ticks('J’ai lu ce qui va se passer')
  await visitor.presses('Supprimer mon compte')
  await visitor.sees('Votre compte va être supprimé')
  await stop('leaving')
  await visitor.opens(at('/compte'))
  await visitor.signsInAs(scene.somebody('independant'))
  await visitor.sees('Garder mon compte')
  await stop('keep-account')
  await visitor.presses('Garder mon compte')
  await visitor.isOn(at('/compte'))
}

/** Who leads an organisation cannot leave yet. */
export const cannotLeave: Walk = async (scene, visitor, stop) => {
  await visitor.opens(scene.address('myanm', '/compte/donnees/suppression'))
  await visitor.signsInAs(scene.somebody('gestionnaire'))
  await visitor.sees('Vous êtes gestionnaire de')
  await stop('cannot-leave')
}

/** The team, with the second factor it needs. */
export const works: Walk = async (scene, visitor, stop) => {
  const at = (path: string) => scene.address('myanm', path)
  const { oneTimeSecret, ...somebody } = scene.somebody('staff')
  // Who is not known to be of the team is not told that these pages are there.
  await visitor.opens(at('/equipe-anm'))
  await stop('team-unseen')
  await visitor.opens(at('/compte'))
  await visitor.signsInAs(somebody)
  await visitor.sees('Une dernière vérification')
  await stop('second-factor')
  const totp = new TOTP({ secret: Secret.fromBase32(oneTimeSecret ?? '') })
  await visitor.types('Code à 6 chiffres', totp.generate())
  await visitor.presses('Vérifier et continuer')
  await visitor.opens(at('/equipe-anm'))
  await stop('team')
  const suspended = scene.somebody('suspendu')
  await visitor.opens(at(`/equipe-anm/recherche?q=${suspended.login}`))
  await visitor.sees(suspended.name)
  await stop('team-search')
  await visitor.follows(suspended.name)
  await stop('team-account')
  for (const [name, path] of [
    ['team-messages', '/equipe-anm/messages'],
    ['team-letters', '/equipe-anm/courriels'],
    ['team-sites', '/equipe-anm/sites'],
    ['team-corrections', '/equipe-anm/corrections'],
    ['team-members', '/equipe-anm/equipe'],
    ['team-duplicates', '/equipe-anm/doublons'],
    ['team-merge', '/equipe-anm/doublons?reste=0566988259&part=0314595348'],
    ['team-organisations', '/equipe-anm/organismes?q=tilleuls'],
  ] as const) {
    await visitor.opens(at(path))
    await stop(name)
  }
  await visitor.follows('Les Tilleuls ASBL')
  await stop('team-organisation')
}
