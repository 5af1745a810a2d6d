import { expect, test } from '@jest/globals'
import { displayName, refusalOfLogin } from './rules.ts'

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

test.each([
  ['anne', null],
  ['Anne-Marie O’Neill', null],
  ["d'Hondt_2.be", null],
  ['Žofie Łukasz', null],
  ['a@exemple.be', null],
  ['A@Exemple.BE', null],
  ['x'.repeat(60), null],
  ['', 'missing'],
  ['   ', 'missing'],
  ['x'.repeat(61), 'too-long'],
  ['anne  dupont', 'forbidden-character'],
  ['anne!', 'forbidden-character'],
  ['anne\u0000', 'forbidden-character'],
  ['anne\ndupont', 'forbidden-character'],
  ['anne\u202edupont', 'forbidden-character'],
  ['<b>', 'forbidden-character'],
  ['b@exemple.be', 'not-own-address'],
  ['@', 'not-own-address'],
])('the login « %s » is refused as %s', (login, refusal) => {
  expect(refusalOfLogin(login, 'a@exemple.be')).toBe(refusal)
})

test('the whole of one’s own address is a login, however long and whatever its characters', () => {
  const address = `${'a'.repeat(60)}+b@exemple.be`
  expect(refusalOfLogin(address, address)).toBeNull()
})
