import { describe, expect, test } from '@jest/globals'
import { banner } from '../pages/banner.ts'
import { agreesToShare } from '../pages/consent.ts'
import { choosesToActFor } from '../pages/context.ts'
import { mySpace } from '../pages/my-space.ts'
import { openStage } from '../stage.ts'

const stage = openStage()

// What the sites show, written out from the matrix (5.3, 9.2), not from the data.
const PUBLIC = 'Lire les pages publiques'
const READER = [PUBLIC, 'Lire les contenus réservés aux abonnés', 'Voir les données de l’organisme']
const COLLABORATOR = [...READER, 'Créer des documents pré-remplis', 'Publier une offre d’emploi']
const EDIT = 'Modifier les données administratives et de facturation'
const BUY = 'Acheter un forfait ou un abonnement'
const RESPONSIBLE = [...COLLABORATOR, EDIT, BUY]
const INDEPENDENT = [PUBLIC, 'Lire les contenus réservés aux abonnés', EDIT, BUY]

const ALONE_ON_SWEELI = [
  PUBLIC,
  'Gérer vos alertes, favoris, préférences et newsletters',
  'Contacter l’équipe de l’ANM',
]
const ON_SWEELI = [...ALONE_ON_SWEELI, 'Tenir votre fiche Sweeli']

const SPACE = 'Ouvrir votre tableau de bord, votre compte et vos fichiers'
const CANDIDATE = [
  SPACE,
  'Compléter les phases d’un bilan',
  'Lire les réponses d’un bilan',
  'Télécharger la synthèse',
  'Voir et télécharger les attestations de présence',
]
const COUNSELLOR = [
  SPACE,
  'Lire les réponses d’un bilan',
  'Commenter une phase et écrire une note de synthèse',
  'Télécharger la synthèse',
  'Établir une attestation de présence',
  'Voir et télécharger les attestations de présence',
  'Voir la liste des candidats',
  'Ajouter un candidat ou une candidate',
]

const TILLEULS = 'au nom de Les Tilleuls ASBL'
const PASSAGE = 'au nom de Le Passage ASBL'
const ACADEMIE = 'au nom de Académie de Montpellier'
const ALONE = 'en mon nom'

interface Expected {
  readonly acts: string
  readonly monasbl: readonly string[]
  readonly sweeli: readonly string[]
  readonly bilan: readonly string[]
  readonly publishes: boolean
}

// biome-ignore format: a table
const PEOPLE: Readonly<Record<string, Expected>> = {
  lecteur:       { acts: TILLEULS, monasbl: READER,       sweeli: ON_SWEELI,       bilan: [],         publishes: false },
  collaborateur: { acts: TILLEULS, monasbl: COLLABORATOR, sweeli: ON_SWEELI,       bilan: [],         publishes: true },
  collegue:      { acts: TILLEULS, monasbl: COLLABORATOR, sweeli: ON_SWEELI,       bilan: [],         publishes: true },
  responsable:   { acts: TILLEULS, monasbl: RESPONSIBLE,  sweeli: ON_SWEELI,       bilan: [],         publishes: true },
  gestionnaire:  { acts: TILLEULS, monasbl: RESPONSIBLE,  sweeli: ON_SWEELI,       bilan: [],         publishes: true },
  voisin:        { acts: PASSAGE,  monasbl: RESPONSIBLE,  sweeli: ON_SWEELI,       bilan: [],         publishes: true },
  particulier:   { acts: ALONE,    monasbl: [PUBLIC],     sweeli: ALONE_ON_SWEELI, bilan: [],         publishes: false },
  independant:   { acts: ALONE,    monasbl: INDEPENDENT,  sweeli: ON_SWEELI,       bilan: [],         publishes: false },
  candidat:      { acts: ALONE,    monasbl: [PUBLIC],     sweeli: ALONE_ON_SWEELI, bilan: CANDIDATE,  publishes: false },
}

describe('each person of the scene walks through the four sites', () => {
  test.each(Object.entries(PEOPLE))('%s', async (key, expected) => {
    const { scene } = stage
    const visitor = await stage.visitor()
    const rights = mySpace(visitor)
    await visitor.opens(scene.address('monasbl', '/mon-espace'))
    await visitor.signsInAs(scene.somebody(key))
    expect(await banner(visitor).reads()).toContain(
      `${scene.somebody(key).name} · ${expected.acts}`,
    )
    expect(new Set(await rights.allowed())).toEqual(new Set(expected.monasbl))

    await visitor.opens(scene.address('sweeli', '/mon-espace'))
    expect(await banner(visitor).reads()).toContain(expected.acts)
    expect(new Set(await rights.allowed())).toEqual(new Set(expected.sweeli))

    await visitor.opens(scene.address('bilan', '/mon-espace'))
    await agreesToShare(visitor)
    expect(new Set(await rights.allowed())).toEqual(new Set(expected.bilan))
    if (expected.bilan.length === 0)
      await visitor.sees('Vous n’avez pas encore de place sur ce site.')

    await visitor.opens(scene.address('guide-social', '/publier/emploi'))
    expect(visitor.status).toBe(expected.publishes ? 200 : 403)
    await visitor.opens(scene.address('guide-social', '/mes-annonces'))
    expect(visitor.status).toBe(expected.acts === ALONE ? 403 : 200)
  })

  test('a counsellor has their place on the bilan, and none among the offers', async () => {
    const { scene } = stage
    const visitor = await stage.visitor()
    const rights = mySpace(visitor)
    await visitor.opens(scene.address('bilan', '/mon-espace'))
    await visitor.signsInAs(scene.somebody('conseiller'))
    await agreesToShare(visitor)
    expect(await banner(visitor).reads()).toContain(`Clara Costes · ${ACADEMIE}`)
    expect(await rights.allowed()).toEqual(COUNSELLOR)
    await visitor.sees('Pour les candidats que vous suivez')

    await visitor.opens(scene.address('monasbl', '/mon-espace'))
    expect(await rights.allowed()).not.toContain('Publier une offre d’emploi')
    await visitor.opens(scene.address('guide-social', '/publier/emploi'))
    expect(visitor.status).toBe(403)
    await visitor.sees('ne sont pas ouverts aux organismes de type académie')
  })

  test('somebody of two organisations has here the rights of one, there those of the other', async () => {
    const { scene } = stage
    const visitor = await stage.visitor()
    const rights = mySpace(visitor)
    await visitor.opens(scene.address('monasbl', '/mon-espace'))
    await visitor.signsInAs(scene.somebody('multi'))
    await choosesToActFor(visitor, 'Les Tilleuls ASBL')
    expect(new Set(await rights.allowed())).toEqual(new Set(COLLABORATOR))
    await banner(visitor).change()
    await choosesToActFor(visitor, 'Le Passage ASBL')
    expect(new Set(await rights.allowed())).toEqual(new Set(RESPONSIBLE))
    await banner(visitor).change()
    await choosesToActFor(visitor, 'En mon nom')
    expect(await rights.allowed()).toContain(PUBLIC)
    expect(await rights.allowed()).not.toContain('Publier une offre d’emploi')
  })
})
