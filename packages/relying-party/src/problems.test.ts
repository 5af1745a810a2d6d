import { describe, expect, test } from '@jest/globals'
import { readCatalogue } from '@myanm/chassis'
import { RELYING_PARTY_PROBLEMS } from './problems.ts'

const catalogue = readCatalogue([import.meta.dirname])
const values = { organisation: 'Les Tilleuls ASBL' }

describe('the problems of a site with MyANM', () => {
  test.each(Object.keys(RELYING_PARTY_PROBLEMS))('%s has a title and a text', (code) => {
    for (const part of ['title', 'text']) {
      const key = `problem.${code}.${part}`
      expect(catalogue.translate('fr', key, values)).not.toBe('')
    }
  })

  test.each([
    ['E30', 'sign-in-expired', 'Votre demande de connexion a expiré. Recommencez.'],
    ['E31', 'sign-in-cancelled', 'La connexion a été annulée.'],
    [
      'E32',
      'myanm-away',
      'MyANM est momentanément indisponible. Vous pouvez continuer à consulter le site sans vous connecter.',
    ],
    [
      'E41',
      'organisation-left',
      'Vous ne faites plus partie de Les Tilleuls ASBL. Vos droits ont été mis à jour.',
    ],
  ])('%s is said as specified (4.7)', (_, code, text) => {
    expect(catalogue.translate('fr', `problem.${code}.text`, values)).toBe(text)
  })
})
