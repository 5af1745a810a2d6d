import { expect, test } from '@jest/globals'
import { Secret } from '@myanm/chassis'
import { subjects } from './subject.ts'

const account = '01900000-0000-7000-8000-000000000001'
const subjectOf = subjects(new Secret('a-salt-that-is-long-enough-for-this-test'))

test('sites of one sector know a person by one name, other sectors by another', () => {
  expect(subjectOf(account, 'anm')).toBe(subjectOf(account, 'anm'))
  expect(subjectOf(account, 'anm')).not.toBe(subjectOf(account, 'bilan'))
  expect(subjectOf(account, 'anm')).not.toBe(
    subjectOf('01900000-0000-7000-8000-000000000002', 'anm'),
  )
})

test('the name tells nothing, and nobody without the salt can guess it', () => {
  const other = subjects(new Secret('another-salt-that-is-just-as-long-as-it'))
  expect(subjectOf(account, 'anm')).toMatch(/^[\w-]{43}$/)
  expect(subjectOf(account, 'anm')).not.toContain(account.slice(0, 8))
  expect(other(account, 'anm')).not.toBe(subjectOf(account, 'anm'))
})

test('what runs together does not run together', () => {
  expect(subjectOf('b\nc', 'a')).not.toBe(subjectOf('c', 'a\nb '))
  expect(subjectOf('x', 'anm')).not.toBe(subjectOf('m\nx', 'an'))
})
