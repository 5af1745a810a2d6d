import { describe, expect, test } from '@jest/globals'
import { newPassphrase } from './passphrase.ts'
import { organisations, people } from './scene.ts'

describe('the demo scene', () => {
  test('has everybody the demonstration promises', () => {
    const promised = [
      ...['lecteur', 'collaborateur', 'responsable', 'gestionnaire', 'collegue', 'voisin'],
      ...['multi', 'particulier', 'independant', 'conseiller', 'candidat'],
      ...['ancien', 'non_confirme', 'suspendu', 'staff', 'staff_second'],
      'demandeur',
    ]
    expect(people.map(({ key }) => key)).toEqual(expect.arrayContaining(promised))
  })

  test('gives every organisation exactly one manager', () => {
    for (const { key } of organisations) {
      const managers = people.filter(({ memberships }) =>
        memberships.some((one) => one.organisation === key && one.role === 'GESTIONNAIRE'),
      )
      expect(managers).toHaveLength(1)
    }
  })

  test('numbers its organisations with right check digits', () => {
    for (const { bce } of organisations.filter(({ kind }) => kind === 'organisme')) {
      expect(97 - (Number(bce?.slice(0, 8)) % 97)).toBe(Number(bce?.slice(8)))
    }
  })

  test('lets nobody share a login, and writes logins in plain letters', () => {
    expect(new Set(people.map(({ login }) => login)).size).toBe(people.length)
    for (const { login } of people) expect(login).toMatch(/^[a-z]+\.[a-z]+$/)
  })

  test('passwords are long, plain to type and never the same', () => {
    const some = Array.from({ length: 200 }, newPassphrase)
    expect(new Set(some).size).toBe(200)
    for (const password of some) {
      expect(password).toMatch(/^([a-z]+-){4}\d{3}$/)
      expect(password.length).toBeGreaterThanOrEqual(15)
    }
  })
})
