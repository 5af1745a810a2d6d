import { describe, expect, test } from '@jest/globals'
import { actorFromClaims } from '@myanm/permissions'
import fc from 'fast-check'
import { accessOf, BILAN_ACTION_KEYS, capacitiesFor, capacitiesOf } from './rules.ts'

const inAcademie = (role: string) =>
  actorFromClaims({
    sub: 'x',
    account_type: 'organisme',
    org: { id: 'a', name: 'Académie', kind: 'academie', role },
  })
const inAsbl = actorFromClaims({
  sub: 'x',
  account_type: 'organisme',
  org: { id: 't', name: 'T', kind: 'organisme', nonprofit: true, role: 'GESTIONNAIRE' },
})
const alone = actorFromClaims({ sub: 'x', account_type: 'particulier' })

describe('in what capacity somebody is on the bilan', () => {
  test('a candidate needs no link to the académie', () => {
    expect(capacitiesOf(alone, { roles: ['candidat'] })).toEqual(['candidat'])
  })

  test('a counsellor is at least COLLABORATEUR there, an administrator RESPONSABLE', () => {
    const roles = { roles: ['conseiller', 'admin_academique'] }
    expect(capacitiesOf(inAcademie('LECTEUR'), roles)).toEqual(['observateur'])
    expect(capacitiesOf(inAcademie('COLLABORATEUR'), roles)).toEqual(['conseiller', 'observateur'])
    expect(capacitiesOf(inAcademie('RESPONSABLE'), roles)).toEqual([
      'conseiller',
      'observateur',
      'admin_academique',
    ])
  })

  test('a role in another organisation counts for nothing', () => {
    const roles = { roles: ['conseiller', 'admin_academique'] }
    expect(capacitiesOf(inAsbl, roles)).toEqual([])
    expect(capacitiesOf(alone, roles)).toEqual([])
  })

  test('the GESTIONNAIRE of the académie sees counts, not people, until made its administrator', () => {
    const capacities = capacitiesOf(inAcademie('GESTIONNAIRE'), undefined)
    expect(accessOf(capacities, 'candidate.list')).toBe('counts')
    expect(accessOf(capacities, 'counsellor.create')).toBe('no')
  })

  test('whatever the claim, it never throws and never gives more than it says', () => {
    fc.assert(
      fc.property(fc.anything(), (claim) => {
        const capacities = capacitiesOf(inAcademie('GESTIONNAIRE'), claim)
        const said = JSON.stringify(claim) ?? ''
        for (const capacity of capacities) {
          expect(capacity === 'observateur' || said.includes(capacity)).toBe(true)
        }
      }),
    )
  })
})

describe('who may do what on the bilan', () => {
  // Written out from table 9.2, not from the data.
  test.each([
    ['candidat', ['space', 'phase.fill', 'phase.read', 'synthesis.download', 'attestation.read']],
    [
      'conseiller',
      [
        'space',
        'phase.read',
        'phase.comment',
        'synthesis.download',
        'attestation.create',
        'attestation.read',
        'candidate.list',
        'candidate.create',
      ],
    ],
    ['observateur', ['space', 'candidate.list']],
    ['admin_academique', ['space', 'candidate.list', 'candidate.create', 'counsellor.create']],
  ] as const)('%s', (capacity, allowed) => {
    const given = BILAN_ACTION_KEYS.filter((action) => accessOf([capacity], action) !== 'no')
    expect(given).toEqual(allowed)
  })

  test('no administrator reads what a candidate wrote', () => {
    expect(accessOf(['admin_academique', 'observateur'], 'phase.read')).toBe('no')
    expect(accessOf(['admin_academique', 'observateur'], 'synthesis.download')).toBe('no')
  })

  test('everything is somebody’s to do', () => {
    for (const action of BILAN_ACTION_KEYS) expect(capacitiesFor(action)).not.toEqual([])
  })
})
