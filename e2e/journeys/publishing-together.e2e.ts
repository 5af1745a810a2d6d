import { describe, expect, test } from '@jest/globals'
import { choosesToActFor } from '../pages/context.ts'
import { writesOffer } from '../pages/offer-form.ts'
import { openStage } from '../stage.ts'
import type { Visitor } from '../visitor.ts'

const stage = openStage()

async function signedIn(key: string, path = '/mes-annonces'): Promise<Visitor> {
  const visitor = await stage.visitor()
  await visitor.opens(stage.scene.address('guide-social', path))
  await visitor.signsInAs(stage.scene.somebody(key))
  return visitor
}

/** Colin publishes an offer. @returns its address */
async function publishes(author: Visitor, title: string): Promise<string> {
  await author.opens(stage.scene.address('guide-social', '/publier/emploi'))
  await writesOffer(author, title)
  await author.presses('Publier maintenant')
  await author.sees('Votre offre est en ligne.', title)
  return author.page.url()
}

describe('an offer of the organisation', () => {
  test('goes from preview to public, and back to draft when it lacks something', async () => {
    const author = await signedIn('collaborateur', '/publier/emploi')
    await writesOffer(author, 'Logopède au centre de jour')
    await author.types('Code postal du lieu de travail', 'NAMUR')
    await author.presses('Voir l’aperçu')
    await author.sees('Il y a une erreur à corriger', 'Indiquez un code postal belge')
    expect(author.status).toBe(422)
    expect(await author.field('Titre de l’offre').inputValue()).toBe('Logopède au centre de jour')

    await author.types('Code postal du lieu de travail', '5000')
    await author.presses('Voir l’aperçu')
    await author.sees('Aperçu', 'Seule votre équipe voit ce brouillon.')
    const offer = author.page.url()
    const visitor = await stage.visitor()
    await visitor.opens(offer)
    expect(visitor.status).toBe(404)

    await author.presses('Publier')
    await author.sees('L’offre est en ligne.')
    await visitor.opens(stage.scene.address('guide-social', '/emplois?mot=logopède'))
    await visitor.follows('Logopède au centre de jour')
    await visitor.sees('Une équipe de sept personnes vous attend.')
    await visitor.doesNotSee('Colin Claes')
  })

  test('is its author’s to edit, a responsible’s too, not a colleague’s', async () => {
    const author = await signedIn('collaborateur')
    const offer = await publishes(author, 'Logopède, équipe mobile')

    const colleague = await signedIn('collegue')
    await colleague.opens(offer)
    await colleague.sees('Logopède, équipe mobile')
    expect(await colleague.page.getByRole('link', { name: 'Modifier' }).count()).toBe(0)
    await colleague.opens(`${offer}/modifier`)
    expect(colleague.status).toBe(403)
    await colleague.sees(
      'Votre rôle (Collaborateur) dans Les Tilleuls ASBL ne permet pas cette action. Adressez-vous à son gestionnaire.',
    )

    const responsible = await signedIn('responsable')
    await responsible.opens(offer)
    await responsible.follows('Modifier')
    await responsible.types('Titre de l’offre', 'Logopède, équipe mobile de Namur')
    await responsible.presses('Enregistrer les modifications')
    await responsible.sees('Vos changements sont en ligne.', 'Logopède, équipe mobile de Namur')
  })

  test('a reader who would like to publish learns why not yet, and three ways to go on', async () => {
    const reader = await signedIn('lecteur')
    await reader.doesNotSee('Publier une offre', 'Brouillons')
    await reader.opens(stage.scene.address('guide-social', '/publier/emploi'))
    expect(reader.status).toBe(403)
    await reader.sees(
      'Votre rôle (Lecteur) dans Les Tilleuls ASBL ne permet pas cette action. Adressez-vous à son gestionnaire.',
      'Gérald Gillet, gestionnaire de Les Tilleuls ASBL, peut vous le donner.',
    )
    const { page } = reader
    expect(await page.getByRole('link', { name: 'Choisir l’organisme' }).count()).toBe(1)
    expect(await page.getByRole('link', { name: 'Demander un rôle plus élevé' }).count()).toBe(1)
    await reader.follows('Voir les offres')
    await reader.isOn(stage.scene.address('guide-social', '/emplois'))
  })

  test('two windows edit at once: the second is told by whom, and keeps what was typed', async () => {
    const author = await signedIn('collaborateur')
    const offer = await publishes(author, 'Logopède, matinées scolaires')
    await author.follows('Modifier')
    await author.types('Texte de l’offre', 'Ce que Colin a écrit entre-temps.')

    const responsible = await signedIn('responsable')
    await responsible.opens(`${offer}/modifier`)
    await responsible.types('Texte de l’offre', 'Ce que Rachida a écrit.')
    await responsible.types('Localité', 'Jambes')
    await responsible.presses('Enregistrer les modifications')

    await author.presses('Enregistrer les modifications')
    expect(author.status).toBe(409)
    await author.sees(
      "Cette page a été modifiée entre-temps par Rachida Renard. Rechargez-la avant d'enregistrer.",
      'Ce que Rachida a écrit.',
    )
    expect(await author.field('Texte de l’offre').inputValue()).toBe(
      'Ce que Colin a écrit entre-temps.',
    )
    expect(await author.field('Localité').inputValue()).toBe('Jambes')

    await author.presses('Enregistrer les modifications')
    await author.sees('Vos changements sont en ligne.', 'Ce que Colin a écrit entre-temps.')
  })

  test('withdrawn, deleted and restored, each step says what it did', async () => {
    const author = await signedIn('collaborateur')
    await publishes(author, 'Logopède, remplacement d’été')
    await author.presses('Retirer')
    await author.sees('L’offre est retirée : les visiteurs ne la voient plus.')
    await author.follows('Supprimer…')
    await author.sees('Supprimer cette offre ?', 'Pendant 30 jours')
    await author.presses('Supprimer l’offre')
    await author.sees('L’offre est supprimée. Vous pouvez la rétablir pendant 30 jours.')
    await author.opens(stage.scene.address('guide-social', '/mes-annonces?etat=supprimees'))
    await author.presses('Rétablir')
    await author.sees('L’offre est rétablie.')
  })

  test('of another organisation stays theirs, whoever one is here', async () => {
    const neighbour = await signedIn('voisin')
    const author = await signedIn('collaborateur')
    const offer = await publishes(author, 'Logopède, soirées parents')
    await neighbour.opens(`${offer}/modifier`)
    expect(neighbour.status).toBe(404)
    await neighbour.sees('Cette offre n’est pas en ligne', 'Changer d’organisme')
  })

  test('somebody of both organisations lands on the form after choosing the right one', async () => {
    const visitor = await stage.visitor()
    await visitor.opens(stage.scene.address('guide-social', '/publier/emploi'))
    await visitor.signsInAs(stage.scene.somebody('multi'))
    await choosesToActFor(visitor, 'En mon nom')
    expect(visitor.status).toBe(403)
    await visitor.follows('Agir pour un organisme')
    await choosesToActFor(visitor, 'Le Passage ASBL')
    await visitor.isOn(stage.scene.address('guide-social', '/publier/emploi'))
    await visitor.sees('Publier une offre d’emploi')
  })
})
