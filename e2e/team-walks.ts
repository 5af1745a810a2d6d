import { mailTo } from './mail.ts'
import type { Scene } from './scene.ts'
import { Visitor } from './visitor.ts'
import { NEW_PASSWORD, type Walk } from './walks.ts'

/** The organisation most people of the scene belong to. */
const TILLEULS = 'Les Tilleuls ASBL'
/** In the register, and on none of our sites yet. */
const NOT_HERE_YET = '0458.219.387'

/** Somebody else of the scene, in a browser of their own, signed in on MyANM. */
async function another(scene: Scene, visitor: Visitor, key: string): Promise<Visitor> {
  const browser = visitor.context.browser()
  if (!browser) throw new Error('This visitor has no browser of their own')
  const somebody = await Visitor.arrive(await browser.newContext({ locale: 'fr-BE' }))
  await somebody.opens(scene.address('myanm', '/compte/organismes'))
  await somebody.signsInAs(scene.somebody(key))
  return somebody
}

/** From a person’s organisations to one of its pages, as its navigation names it. */
async function goesTo(visitor: Visitor, scene: Scene, page: string): Promise<void> {
  await visitor.opens(scene.address('myanm', '/compte/organismes'))
  await visitor.follows(TILLEULS, visitor.page.getByRole('main'))
  await visitor.follows(page, visitor.page.getByRole('navigation', { name: TILLEULS }))
}

/** Who leads an organisation: its team, roles, invitations, data. */
export const leadsTeam: Walk = async (scene, visitor, stop) => {
  await visitor.opens(scene.address('myanm', '/compte/organismes'))
  await visitor.signsInAs(scene.somebody('gestionnaire'))
  await stop('my-organisations')
  await visitor.follows(TILLEULS, visitor.page.getByRole('main'))
  await stop('organisation')
  await goesTo(visitor, scene, 'Équipe')
  await stop('team-of-organisation')
  await visitor.follows(/^Modifier.*Colin/)
  await stop('member')
  await visitor.ticks(/Lecteur/)
  await visitor.presses('Voir ce qui va changer')
  await stop('role-consequences')
  await visitor.presses('Donner le rôle')
  await visitor.sees('sites sur 4')
  await stop('role-given')
  await visitor.follows('Retirer de l’équipe')
  await stop('remove-member')
  await goesTo(visitor, scene, 'Inviter des collègues')
  await visitor.presses('Envoyer l’invitation')
  await stop('invite-mistakes')
  await visitor.types('Adresse e-mail', 'nora.nouvelle@exemple.be')
  await visitor.ticks(/Collaborateur/)
  await visitor.presses('Envoyer l’invitation')
  await visitor.sees('L’invitation est en route')
  await stop('invited')
  await visitor.follows('Ouvrir')
  await stop('invitation-sent')
  await goesTo(visitor, scene, 'Inviter des collègues')
  await visitor.follows('Inviter plusieurs personnes')
  await visitor.types(
    'Les personnes à inviter',
    'Ada Adam <ada@exemple.be> ; lecteur\nbruno@exemple.be\nbruno@exemple.be\npas une adresse\ncolin.claes@exemple.be',
  )
  await visitor.ticks(/Lecteur/)
  await visitor.presses('Vérifier la liste')
  await stop('invite-many')
  for (const [name, page] of [
    ['organisation-data', 'Données de l’organisme'],
    ['requests', 'Demandes'],
    ['review', 'Revue des rôles'],
    ['manager', 'Gestionnaire'],
    ['organisation-journal', 'Journal'],
  ] as const) {
    await goesTo(visitor, scene, page)
    await stop(name)
  }
  await visitor.follows('Que pouvait faire une personne')
  await stop('that-day')
  await goesTo(visitor, scene, 'Données de l’organisme')
  await visitor.follows('Modifier les données')
  await stop('edit-organisation')
  await goesTo(visitor, scene, 'Données de l’organisme')
  await visitor.follows('Choisir les unités d’établissement')
  await stop('establishment-units')
  await goesTo(visitor, scene, 'Gestionnaire')
  await visitor.follows('Écrire à l’équipe de l’ANM', visitor.page.getByRole('main'))
  await stop('contact-for-organisation')
  await goesTo(visitor, scene, 'Revue des rôles')
  await visitor.presses('Commencer une revue')
  await stop('review-begun')
}

/** From the hand-over proposed to the hand-over accepted, on the side of who receives it. */
export const takesOver: Walk = async (scene, visitor, stop) => {
  const manager = await another(scene, visitor, 'gestionnaire')
  await goesTo(manager, scene, 'Gestionnaire')
  await manager.follows('Choisir un responsable')
  await manager.ticks(/Rachida/)
  await manager.presses('Proposer ce rôle')
  await manager.sees('Votre proposition est envoyée')
  await manager.context.close()

  const { email } = scene.somebody('responsable')
  const mail = await mailTo(scene, email, 'devenir gestionnaire')
  await visitor.opens(mail.link)
  await visitor.signsInAs(scene.somebody('responsable'))
  await stop('hand-over-proposed')
  await visitor.follows('Voir ce que cela change')
  await stop('hand-over-consequences')
  await visitor.presses('Accepter et devenir gestionnaire')
  await visitor.sees('Vous êtes maintenant gestionnaire')
  await stop('hand-over-done')
}

/** Asking to join, from the number to the answer. */
export const joins: Walk = async (scene, visitor, stop) => {
  await visitor.opens(scene.address('myanm', '/organismes/rejoindre'))
  await visitor.signsInAs(scene.somebody('demandeur'))
  await stop('join')
  await visitor.types('Numéro d’entreprise', 'tilleuls')
  await visitor.presses('Continuer')
  await stop('join-by-name')
  await visitor.opens(scene.address('myanm', '/organismes/rejoindre'))
  await visitor.types('Numéro d’entreprise', '0566 988 259')
  await visitor.presses('Continuer')
  await stop('join-form')
  await visitor.types('Votre fonction', 'Trésorier')
  await visitor.presses('Envoyer la demande')
  await stop('join-asked')
  const manager = await another(scene, visitor, 'gestionnaire')
  await goesTo(manager, scene, 'Demandes')
  await manager.presses(/Lecteur/)
  await manager.context.close()
  await visitor.reloads()
  await visitor.sees('Approuvée')
  await stop('join-approved')
}

/** From the mail of an invitation to the site, with a new account. */
export const isInvited: Walk = async (scene, visitor, stop) => {
  const email = 'ines.invitee@exemple.be'
  const manager = await another(scene, visitor, 'gestionnaire')
  await goesTo(manager, scene, 'Inviter des collègues')
  await manager.types('Adresse e-mail', email)
  await manager.ticks(/Collaborateur/)
  await manager.picks('Site où la personne arrive', 'Guide Social')
  await manager.presses('Envoyer l’invitation')
  await manager.sees('L’invitation est en route')
  await manager.context.close()

  const mail = await mailTo(scene, email, 'vous invite à rejoindre')
  await visitor.opens(mail.link)
  await stop('invitation')
  await visitor.types('Prénom', 'Inès')
  await visitor.types(/^\s*Nom\s*$/, 'Invitée')
  await visitor.types('Mot de passe', NEW_PASSWORD)
  await visitor.types('Tapez-le une seconde fois', NEW_PASSWORD)
  await visitor.ticks('conditions')
  await visitor.presses('Créer mon mot de passe et rejoindre')
  await visitor.isOn(new RegExp(`^${scene.address('guide-social')}`))
  await stop('invitation-accepted')
  await visitor.opens(mail.link)
  await stop('invitation-over')
}

/** A page that needs more than one has: how to get there, on the same page. */
export const cannotEnterYet: Walk = async (scene, visitor, stop) => {
  await visitor.opens(scene.address('guide-social', '/mes-annonces'))
  await visitor.signsInAs(scene.somebody('lecteur'))
  await visitor.opens(scene.address('guide-social', '/publier/emploi'))
  await stop('refused')
  await visitor.follows('Demander un rôle plus élevé')
  await stop('cannot-enter-yet')
  await visitor.presses('Envoyer la demande')
  await stop('cannot-enter-yet-asked')
}

/** An organisation nobody has registered, by somebody who is signed in. */
export const registersOrganisation: Walk = async (scene, visitor, stop) => {
  await visitor.opens(scene.address('myanm', '/organismes/inscrire'))
  await visitor.signsInAs(scene.somebody('particulier'))
  await stop('register-organisation')
  await visitor.types('Numéro d’entreprise', '0123456789')
  await visitor.presses('Continuer')
  await stop('register-organisation-mistake')
  await visitor.types('Numéro d’entreprise', '0566988259')
  await visitor.presses('Continuer')
  await stop('register-organisation-known')
  await visitor.opens(scene.address('myanm', '/organismes/inscrire'))
  await visitor.types('Numéro d’entreprise', NOT_HERE_YET)
  await visitor.presses('Continuer')
  await stop('register-organisation-data')
  await visitor.presses('Vérifier avant d’inscrire')
  await stop('register-organisation-check')
}
