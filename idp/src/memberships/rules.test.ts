import { describe, expect, test } from '@jest/globals'
import { compareRoles, ROLES, type Role } from '@myanm/permissions'
import {
  type ByPlace,
  consequencesOf,
  dayIn,
  GIVEN_ROLES,
  lowerRole,
  PLACES,
  readLastDay,
  showDay,
  wordsOf,
} from './rules.ts'

const ASBL = {
  id: '0190',
  kind: 'organisme',
  nonprofit: true,
  legalForm: '017',
  options: [],
  active: true,
  linkActive: true,
} as const

const all = (told: ByPlace) => told.flatMap(({ doings }) => doings.map(({ action }) => action))

describe('what another role changes', () => {
  test('from collaborateur to lecteur, place by place', () => {
    const { lost, gained } = consequencesOf(ASBL, { from: 'COLLABORATEUR', to: 'LECTEUR' })
    expect(lost.map(({ place }) => place)).toEqual(['ads', 'monasbl', 'myanm'])
    expect(all(lost)).toEqual([
      'ad.emploi.publish',
      'ad.agenda.publish',
      'ad.formation.publish',
      'ad.petite.org',
      'ad.own',
      'ad.org.list',
      'ad.stats',
      'credit.use',
      'cv.read',
      'doc.generate',
      'buy.unit',
      'bill.read',
    ])
    expect(gained).toEqual([])
  })

  test('to responsable: invites, buys more, and what was theirs only is everybody’s', () => {
    const { lost, gained } = consequencesOf(ASBL, { from: 'COLLABORATEUR', to: 'RESPONSABLE' })
    expect(lost).toEqual([])
    expect(all(gained)).toEqual(
      expect.arrayContaining(['ad.colleague', 'org.edit', 'team.invite', 'buy.major', 'bill.read']),
    )
  })

  test('what one loses on the way down, one gains on the way up', () => {
    for (const low of ROLES) {
      for (const high of ROLES.filter((role) => compareRoles(role, low) > 0)) {
        const [down, up] = [
          consequencesOf(ASBL, { from: high, to: low }),
          consequencesOf(ASBL, { from: low, to: high }),
        ]
        expect(all(down.lost)).toEqual(all(up.gained))
        expect([down.gained, up.lost]).toEqual([[], []])
      }
    }
  })

  test('to none: all that the role gave, nothing of what is one’s own', () => {
    for (const role of ROLES) {
      const { lost, gained } = consequencesOf(ASBL, { from: role, to: null })
      expect(all(lost)).toContain('team.read')
      expect(gained).toEqual([])
    }
    expect(all(consequencesOf(ASBL, { from: 'LECTEUR', to: null }).lost)).not.toContain('ad.own')
    expect(Object.values(PLACES).flat()).not.toContain('cv.own')
  })

  test('an académie opens no ads, so none are lost', () => {
    const academie = { ...ASBL, kind: 'academie', nonprofit: null, legalForm: null } as const
    const { lost } = consequencesOf(academie, { from: 'RESPONSABLE', to: null })
    expect(all(lost).filter((action) => action.startsWith('ad.'))).toEqual([])
  })
})

test('one rung down: never below lecteur, never from gestionnaire', () => {
  const steps = ROLES.map((role): [Role, Role | null] => [role, lowerRole(role)])
  expect(steps).toEqual([
    ['LECTEUR', null],
    ['COLLABORATEUR', 'LECTEUR'],
    ['RESPONSABLE', 'COLLABORATEUR'],
    ['GESTIONNAIRE', null],
  ])
  expect(GIVEN_ROLES).not.toContain('GESTIONNAIRE')
})

describe('a last day', () => {
  test.each([
    ['2027-01-31', { day: '2027-01-31' }],
    ['31/01/2027', { day: '2027-01-31' }],
    [' 1.2.2027 ', { day: '2027-02-01' }],
    ['2026-11-22', { day: '2026-11-22' }],
    ['2026-11-21', { refused: 'past' }],
    ['2027-02-30', { refused: 'invalid' }],
    ['31/02/2027', { refused: 'invalid' }],
    ['2027-13-01', { refused: 'invalid' }],
    ['demain', { refused: 'invalid' }],
    ['2036-11-22', { day: '2036-11-22' }],
    ['2036-11-23', { refused: 'too-far' }],
    ['9999-12-31', { refused: 'too-far' }],
  ])('typed as %j', (typed, read) => {
    expect(readLastDay(typed, '2026-11-22')).toEqual(read)
  })

  test('is a day where the people are, and shown as they write it', () => {
    expect(dayIn(new Date('2026-11-22T23:30:00Z'))).toBe('2026-11-23')
    expect(dayIn(new Date('2026-07-22T21:59:59Z'))).toBe('2026-07-22')
    expect(showDay('2027-01-31')).toBe('31/01/2027')
  })
})

test('a search has few words, whatever is typed', () => {
  expect(wordsOf('  Léa   Dupont ')).toEqual(['Léa', 'Dupont'])
  expect(wordsOf('a '.repeat(50))).toHaveLength(6)
  expect(wordsOf(' ')).toEqual([])
})
