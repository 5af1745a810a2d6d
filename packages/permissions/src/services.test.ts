import { describe, expect, test } from '@jest/globals'
import { type ActingOrganisation, kindOf } from './actor.ts'
import { ASBL } from './people.fixture.ts'
import { opennessOf, type Service } from './services.ts'

/**
 * Table 5.2 copied by hand; in the order particulier, indépendant, non-marchand, publique,
 * marchande.
 */
const TABLE: readonly (readonly [Service, string])[] = [
  ['emploi', '✗ ✗ ✓ ✓ sector'],
  ['agenda', '✗ ✓ ✓ ✓ ✓'],
  ['formation', '✗ ✓ ✓ ✓ ✓'],
  ['petite-annonce', '✓ ✓ ✓ ✓ ✓'],
  ['annuaire', '✗ ✗ ✓ ✓ sector'],
  ['sweeli', '✗ ✓ ✓ ✓ ✓'],
  ['articles', '✗ ✓ ✓ ✓ ✓'],
  ['tableau-de-bord', '✗ ✗ ✓ ✗ ✗'],
  ['personal', '✓ ✓ ✓ ✓ ✓'],
]

const CUSTOMERS = ['particulier', 'independant', 'nonprofit', 'public', 'commercial'] as const

const SIGNS = { open: '✓', closed: '✗', sector: 'sector' } as const

describe('services open by profile (5.2)', () => {
  test.each(TABLE)('%s: %s', (service, row) => {
    const signs = CUSTOMERS.map((customer) => SIGNS[opennessOf(service, customer, '017')])
    expect(signs.join(' ')).toBe(row)
    expect(opennessOf(service, 'academie', null)).toBe('closed')
  })

  test('the Tableau de Bord is for ASBL, AISBL and fondations (A12)', () => {
    const forms = ['017', '125', '026', '029', '019', '014', '721', null]
    const open = forms.filter((form) => opennessOf('tableau-de-bord', 'nonprofit', form) === 'open')
    expect(open).toEqual(['017', '125', '026', '029'])
  })
})

describe('the profile of an organisation', () => {
  const kind = (more: Partial<ActingOrganisation>) => kindOf({ ...ASBL, ...more })

  test('follows what it says of itself', () => {
    expect(kind({ nonprofit: true })).toBe('nonprofit')
    expect(kind({ nonprofit: false })).toBe('commercial')
    expect(kind({ public: true })).toBe('public')
    expect(kind({ kind: 'academie', public: true })).toBe('academie')
  })

  test.each(['124', '412', '114', '117', '325'])('is public for the legal form %s', (legalForm) => {
    expect(kind({ legalForm })).toBe('public')
  })

  test.each(['017', '125', '026', '029', '014', '610', '1', 'ASBL', null])(
    'is not public for the legal form %s',
    (legalForm) => {
      expect(kind({ legalForm })).toBe('nonprofit')
    },
  )

  test('is the narrowest where nobody has said so yet', () => {
    expect(kind({ nonprofit: null, legalForm: null })).toBe('commercial')
  })
})
