import { describe, expect, test } from '@jest/globals'
import { banner } from '../pages/banner.ts'
import { agreesToShare } from '../pages/consent.ts'
import { choosesToActFor } from '../pages/context.ts'
import { writesOffer } from '../pages/offer-form.ts'
import { openStage } from '../stage.ts'
import { type Tour, tourOf } from '../tour.ts'
import type { Visitor } from '../visitor.ts'

const stage = openStage()

async function arrives(key: string): Promise<{ visitor: Visitor; tour: Tour }> {
  const visitor = await stage.visitor()
  await visitor.opens(stage.scene.address('monasbl', '/mon-espace'))
  await visitor.signsInAs(stage.scene.somebody(key))
  return { visitor, tour: await tourOf(visitor) }
}

const onGuideSocial = (path: string) => stage.scene.address('guide-social', path)

/** Accessible by day and by night, wide and narrow; never a dead end, never a dead link. */
describe('every page met by somebody signed in holds up', () => {
  test.each(['lecteur', 'responsable', 'particulier', 'independant'])(
    'as %s, where it shows what one may do',
    async (key) => {
      const { visitor, tour } = await arrives(key)
      await tour.looks()
      await tour.opens(stage.scene.address('sweeli', '/mon-espace'))
      await visitor.opens(stage.scene.address('bilan', '/mon-espace'))
      await agreesToShare(visitor)
      await tour.looks()
      await tour.opens(onGuideSocial('/mes-annonces'))
      await tour.opens(onGuideSocial('/publier/emploi'))
      expect(tour.faults).toEqual([])
    },
  )

  test('as gestionnaire, where everybody sees the same', async () => {
    const { visitor, tour } = await arrives('gestionnaire')
    for (const site of ['myanm', 'monasbl', 'sweeli'] as const) {
      await tour.opens(stage.scene.address(site))
    }
    await tour.opens(stage.scene.address('myanm', '/compte'))
    await visitor.opens(stage.scene.address('bilan', '/mon-espace'))
    await visitor.sees('demande à recevoir')
    await tour.looks()
    expect(tour.faults).toEqual([])
  })

  test.each(['conseiller', 'candidat', 'academie'])('as %s, on the bilan', async (key) => {
    const { visitor, tour } = await arrives(key)
    await tour.looks()
    await visitor.opens(stage.scene.address('bilan', '/mon-espace'))
    await agreesToShare(visitor)
    await tour.looks()
    await tour.opens(stage.scene.address('bilan'))
    await tour.opens(onGuideSocial('/mes-annonces'))
    expect(tour.faults).toEqual([])
  })

  test('as collaborateur, writing an offer from the first mistake to the last regret', async () => {
    const { visitor, tour } = await arrives('collaborateur')
    await tour.opens(onGuideSocial('/'))
    await tour.opens(onGuideSocial('/mes-annonces'))
    await tour.opens(onGuideSocial('/mes-annonces?etat=supprimees'))
    await visitor.opens(onGuideSocial('/publier/emploi'))
    await visitor.types('Date limite', '')
    await visitor.presses('Publier maintenant')
    await visitor.sees('erreurs à corriger')
    await tour.looks()
    await writesOffer(visitor, 'Logopède, vue sous toutes les coutures')
    await visitor.types('Date limite', '31/12/2027')
    await visitor.presses('Voir l’aperçu')
    await tour.looks()
    await visitor.presses('Publier')
    await visitor.sees('L’offre est en ligne.')
    await tour.looks()
    const offer = visitor.page.url()
    await tour.opens(`${offer}/modifier`)
    await clashesWith(visitor, offer)
    await tour.looks()
    await tour.opens(`${offer}/supprimer`)
    await visitor.presses('Supprimer l’offre')
    await tour.opens(offer)

    await visitor.opens(onGuideSocial('/mes-annonces'))
    await visitor.follows('Coordinateur·rice des bénévoles')
    await tour.looks()
    await tour.opens(`${visitor.page.url()}/modifier`)
    await visitor.sees('Votre rôle (Collaborateur)')
    await visitor.opens(onGuideSocial('/emplois'))
    await visitor.follows('Psychologue')
    await tour.opens(`${visitor.page.url()}/modifier`)
    expect(tour.faults).toEqual([])
  })

  test('as multi, choosing for whom to act and leaving', async () => {
    const { visitor, tour } = await arrives('multi')
    await tour.looks()
    await choosesToActFor(visitor, 'Les Tilleuls ASBL')
    await visitor.opens(
      stage.scene.address(
        'monasbl',
        '/connexion?organisation=01900000-0000-7000-8000-000000000000',
      ),
    )
    await visitor.sees('Vous ne faites pas partie de l’organisme demandé.')
    await tour.looks()
    await visitor.opens(stage.scene.address('monasbl'))
    await banner(visitor).signOut()
    await tour.looks()
    await visitor.presses('Se déconnecter de MonASBL')
    await visitor.sees('Vous êtes déconnecté·e de ce site.')
    await tour.looks()
    await tour.opens(stage.scene.address('myanm', '/logout'))
    await visitor.presses('Se déconnecter partout')
    await visitor.sees('Vous êtes déconnecté')
    await tour.looks()
    expect(tour.faults).toEqual([])
  })
})

/** Two tabs save the same offer: the first one is in front of the clash. */
async function clashesWith(visitor: Visitor, offer: string): Promise<void> {
  const tab = await visitor.opensAnotherTab()
  await tab.opens(`${offer}/modifier`)
  await tab.types('Localité', 'Jambes')
  await tab.presses('Enregistrer les modifications')
  await tab.page.close()
  await visitor.types('Localité', 'Wépion')
  await visitor.presses('Enregistrer les modifications')
  await visitor.sees('Cette page a été modifiée entre-temps')
}
