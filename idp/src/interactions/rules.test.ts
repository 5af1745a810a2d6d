import { describe, expect, test } from '@jest/globals'
import { entranceOf, nameOf, nextStep, WAYS } from './rules.ts'

describe('a sign-in begins', () => {
  const here = { isHere: true, isRecent: true }
  test.each([
    ['nobody is here', { reasons: ['no_session'], isHere: false, isRecent: false }, 'identifier'],
    [
      'nobody is here any more',
      { reasons: ['max_age'], isHere: false, isRecent: true },
      'identifier',
    ],
    ['the site means somebody else', { reasons: ['id_token_hint'], ...here }, 'identifier'],
    ['the account has ended', { reasons: ['account_gone', 'level'], ...here }, 'identifier'],
    ['somebody registers', { reasons: [], ...here }, 'identifier'],
    ['the site asks anew', { reasons: ['login_prompt'], ...here }, 'password'],
    ['the password is old', { reasons: ['max_age'], ...here }, 'password'],
    ['it asks for more and anew', { reasons: ['login_prompt', 'level'], ...here }, 'password'],
    ['it asks for more, later', { reasons: ['level'], isHere: true, isRecent: false }, 'password'],
    ['it asks for more, soon', { reasons: ['level'], ...here }, 'second-factor'],
  ] as const)('when %s', (_when, given, where) => {
    expect(entranceOf(given)).toBe(where)
  })
})

describe('after the right password', () => {
  const person = { state: 'active', mustChangePassword: false, owesSecondFactor: false }
  test('comes the second factor, whatever the state', () => {
    for (const state of ['active', 'suspended', 'unconfirmed', 'deletion_requested']) {
      expect(nextStep({ ...person, state, owesSecondFactor: true })).toBe('second-factor')
    }
  })

  test('comes what the state asks for, else the site', () => {
    expect(nextStep(person)).toBe('in')
    expect(nextStep({ ...person, mustChangePassword: true })).toBe('new-password')
    expect(nextStep({ ...person, state: 'unconfirmed' })).toBe('confirm-email')
    expect(nextStep({ ...person, state: 'deletion_requested' })).toBe('deletion')
    expect(nextStep({ ...person, state: 'suspended' })).toBe('suspended')
    for (const state of ['legacy', 'invited', 'deleted', 'anything']) {
      expect(nextStep({ ...person, state })).toBe('unusable')
    }
  })
})

test('each way has one name', () => {
  for (const [name, way] of Object.entries(WAYS)) expect(nameOf(way)).toBe(name)
})
