import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readOffer } from './forms.ts'
import { addressOf, parseAddress, slugOf } from './slug.ts'
import { fold, searchQueryOf, searchWordsOf } from './words.ts'

const wordsOf = (titre: string) =>
  searchWordsOf(readOffer({ titre }).content, 'Les Tilleuls ASBL').split(' ')

describe('words to search with', () => {
  test('accents, case and plural do not count', () => {
    expect(fold('Éducateurs SPÉCIALISÉS à l’œuvre')).toBe('educateur specialise a l oeuvre')
  })

  test.each([
    ['Éducateur·rice spécialisé·e', ['educateur', 'educatrice', 'specialise', 'specialisee']],
    ['Infirmier·ère de nuit', ['infirmier', 'infirmiere']],
    ['Travailleur(euse) de rue', ['travailleur', 'travailleuse']],
    ['Employé·e administratif·ve', ['administratif', 'administrative']],
    ['Psychomotricien·ne en crèche', ['psychomotricien', 'psychomotricienne']],
  ])('%s is found by whoever one is', (title, words) => {
    expect(wordsOf(title)).toEqual(expect.arrayContaining(words))
  })

  test('a search asks for every word by its beginning', () => {
    expect(searchQueryOf('Éducateurs  namur')).toBe('educateur:* & namur:*')
    expect(searchQueryOf(' ?! ')).toBeNull()
  })

  test('nothing one may type reaches the query language of the database', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        expect(searchQueryOf(typed) ?? '').toMatch(/^([a-z0-9]+:\*( & [a-z0-9]+:\*)*)?$/)
      }),
    )
  })
})

describe('addresses of offers', () => {
  test('the title shows in the address', () => {
    expect(slugOf('Éducateur·rice spécialisé·e, accueil de jour')).toBe(
      'educateur-rice-specialise-e-accueil-de-jour',
    )
    expect(slugOf('!!!')).toBe('offre')
  })

  test('an address is read back, whatever the title was', () => {
    const numbers = fc.integer({ min: 1, max: 999_999_999 })
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), numbers, (title, number) => {
        const slug = slugOf(title)
        expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
        expect(slug.length).toBeLessThanOrEqual(80)
        const segment = addressOf({ slug, number }).replace('/emplois/', '')
        expect(parseAddress(segment)).toEqual({ slug, number })
      }),
    )
  })

  test.each(['1024', 'a__', 'a__0', 'a__1e3', 'a__-1', 'a__9999999999999999', 'A__1', 'a__1/b'])(
    '%s names no offer',
    (segment) => {
      expect(parseAddress(segment)).toBeNull()
    },
  )
})
