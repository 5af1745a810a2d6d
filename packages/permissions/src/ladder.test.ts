import { describe, expect, test } from '@jest/globals'
import { atLeast, compareRoles, isRole, ROLES, rolesAbove } from './ladder.ts'

describe('the ladder', () => {
  test('climbs from LECTEUR to GESTIONNAIRE', () => {
    expect([...ROLES].sort(compareRoles)).toEqual([
      'LECTEUR',
      'COLLABORATEUR',
      'RESPONSABLE',
      'GESTIONNAIRE',
    ])
  })

  test('a role is at least itself and every role below it', () => {
    const reached = ROLES.map((role) => ROLES.filter((least) => atLeast(role, least)).length)
    expect(reached).toEqual([1, 2, 3, 4])
  })

  test('the roles above are told the nearest first', () => {
    expect(rolesAbove('COLLABORATEUR')).toEqual(['RESPONSABLE', 'GESTIONNAIRE'])
    expect(rolesAbove('GESTIONNAIRE')).toEqual([])
  })

  test.each([
    'lecteur',
    'GESTIONNAIRE ',
    'ADMIN',
    '',
    'constructor',
    0,
    null,
    undefined,
    ['LECTEUR'],
  ])('%p is not a role', (value) => {
    expect(isRole(value)).toBe(false)
  })

  test('cannot be rewritten at run time', () => {
    expect(() => (ROLES as unknown as string[]).push('ADMIN')).toThrow(TypeError)
  })
})
