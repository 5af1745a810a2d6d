import { expect, test } from '@jest/globals'
import { displayName } from './rules.ts'

test.each([
  [{ given_name: 'Anne', family_name: 'Dupont', email: 'a@exemple.be' }, 'Anne Dupont'],
  [{ given_name: 'Anne', family_name: null, email: 'a@exemple.be' }, 'Anne'],
  [{ given_name: null, family_name: 'Dupont', email: 'a@exemple.be' }, 'Dupont'],
  [{ given_name: '', family_name: '', email: 'a@exemple.be' }, 'a@exemple.be'],
  [{ given_name: null, family_name: null, email: 'a@exemple.be' }, 'a@exemple.be'],
  [{ given_name: null, family_name: null, email: null }, ''],
])('%j is shown as « %s »', (account, shown) => {
  expect(displayName(account)).toBe(shown)
})
