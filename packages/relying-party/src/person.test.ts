import { describe, expect, test } from '@jest/globals'
import { organisationLeft, personFrom } from './person.ts'

const org = { id: 't', name: 'Les Tilleuls', kind: 'organisme', role: 'LECTEUR', bce: '0566988259' }
const base = { sub: 'k7Q', name: 'Anne Dupont', email: 'anne@exemple.be' }

describe('the person claims describe', () => {
  test('acts for the organisation in the claims, with its role', () => {
    const person = personFrom({ ...base, account_type: 'organisme', org })
    expect(person).toMatchObject({ sub: 'k7Q', name: 'Anne Dupont', accountType: 'organisme' })
    expect(person.organisation).toEqual({
      id: 't',
      name: 'Les Tilleuls',
      bce: '0566988259',
      role: 'LECTEUR',
    })
  })

  test.each([
    undefined,
    null,
    'GESTIONNAIRE',
    [],
    { ...org, role: 'lecteur' },
    { role: 'LECTEUR' },
  ])('acts in their own name when the organisation is not as specified: %j', (given) => {
    const person = personFrom({ ...base, org: given })
    expect(person.organisation).toBeUndefined()
    expect(person.actor).not.toHaveProperty('organisation')
  })

  test('is a particulier when MyANM says nothing else', () => {
    expect(personFrom({ ...base, account_type: 'admin' }).accountType).toBe('particulier')
  })

  test('has a name made of its parts when there is no whole one', () => {
    expect(personFrom({ sub: 'x', given_name: 'Anne', family_name: 'Dupont' }).name).toBe(
      'Anne Dupont',
    )
  })

  test('has left an organisation that is gone or another one, not one whose role changed', () => {
    const before = personFrom({ ...base, org })
    expect(organisationLeft(before, personFrom(base))).toBe('Les Tilleuls')
    expect(organisationLeft(before, personFrom({ ...base, org: { ...org, id: 'u' } }))).toBe(
      'Les Tilleuls',
    )
    const promoted = personFrom({ ...base, org: { ...org, role: 'RESPONSABLE' } })
    expect(organisationLeft(before, promoted)).toBeNull()
    expect(organisationLeft(personFrom(base), before)).toBeNull()
  })
})
