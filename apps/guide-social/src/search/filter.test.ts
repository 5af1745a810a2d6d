import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { queryOf, readFilter } from './filter.ts'
import { readPosition, writePosition } from './position.ts'

const filterOf = (query: string) => readFilter(new URLSearchParams(query)).filter

describe('what one looks for', () => {
  test('a word, the beginning of a postcode, a contract', () => {
    expect(filterOf('mot=Éducateurs&lieu=50&contrat=cdi')).toEqual({
      words: 'educateur:*',
      place: { postcode: '50' },
      contract: 'cdi',
    })
  })

  test('a locality instead of a postcode, or both', () => {
    expect(filterOf('lieu=Liège').place).toEqual({ locality: 'liege' })
    expect(filterOf('lieu=5000 Namur').place).toEqual({ postcode: '5000' })
  })

  test('what cannot be meant filters nothing', () => {
    const nothing = { words: null, place: null, contract: null }
    expect(filterOf('')).toEqual(nothing)
    expect(filterOf('mot=+&lieu=%25&contrat=esclavage')).toEqual(nothing)
  })

  test('the address of a list says what was typed', () => {
    const { typed } = readFilter(new URLSearchParams('mot=Éducateur&contrat=inconnu'))
    expect(queryOf(typed).toString()).toBe('mot=%C3%89ducateur')
  })
})

describe('a place in the list', () => {
  test('is read back from an address', () => {
    const times = fc.date({ min: new Date(1), max: new Date('2200-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 1e12 }), (publishedAt, number) => {
        const place = { publishedAt, number }
        expect(readPosition(writePosition(place))).toEqual(place)
      }),
    )
  })

  test.each([null, '', '1', '-1', 'x-0', 'x-', '../..', 'zzzzzzzzzz-1'])(
    '%s is none',
    (written) => {
      expect(readPosition(written)).toBeNull()
    },
  )
})
