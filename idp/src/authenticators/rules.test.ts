import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  amrOf,
  CODE_ALPHABET,
  CODE_LENGTH,
  chosenWay,
  groupedCode,
  groupedSecret,
  hasAny,
  normaliseOneTimeCode,
  normaliseRecoveryCode,
  type SecondFactors,
  waysOf,
} from './rules.ts'

const nothing: SecondFactors = { passkeys: [], application: null, recoveryCodes: 0 }
const since = new Date('2026-11-21T10:00:00Z')
const passkey = { id: 'a', name: 'Téléphone', since, lastUsedAt: null, isSynced: true }
const application = { since, lastUsedAt: null }

describe('what is asked for', () => {
  test('codes on paper alone are no second factor', () => {
    expect(hasAny({ ...nothing, recoveryCodes: 10 })).toBe(false)
    expect(waysOf({ ...nothing, recoveryCodes: 10 })).toEqual([])
    expect(chosenWay([], 'passkey')).toBeNull()
  })

  test('the safest first, whatever there is', () => {
    const all = { passkeys: [passkey], application, recoveryCodes: 3 }
    expect(waysOf(all)).toEqual(['passkey', 'application', 'recovery-code'])
    expect(waysOf({ ...all, recoveryCodes: 0 })).toEqual(['passkey', 'application'])
    expect(waysOf({ ...nothing, application })).toEqual(['application'])
  })

  test('what was chosen, if it is one of theirs', () => {
    expect(chosenWay(['passkey', 'application'], 'application')).toBe('application')
    expect(chosenWay(['passkey'], 'application')).toBe('passkey')
    expect(chosenWay(['application'], undefined)).toBe('application')
  })

  test('each way is named as RFC 8176 does', () => {
    expect(amrOf('passkey', { isSynced: true })).toEqual(['swk', 'user', 'mfa'])
    expect(amrOf('passkey', { isSynced: false })).toEqual(['hwk', 'user', 'mfa'])
    expect(amrOf('application')).toEqual(['otp', 'mfa'])
    expect(amrOf('recovery-code')).toEqual(['otp', 'mfa'])
  })
})

describe('a code is read', () => {
  test.each([
    ['123456', '123456'],
    [' 123 456 ', '123456'],
    ['123-456', '123456'],
    ['１２３４５６', '123456'],
    ['12345', null],
    ['1234567', null],
    ['12345a', null],
    ['', null],
  ])('of an application: %j is %j', (typed, code) => {
    expect(normaliseOneTimeCode(typed)).toBe(code)
  })

  test.each([
    ['7K3M-Q0W9-AAAA-BBBB', '7k3mq0w9aaaabbbb'],
    ['7k3m q0w9 aaaa bbbb', '7k3mq0w9aaaabbbb'],
    ['7k3m–qow9–aaaa–bbbb', '7k3mq0w9aaaabbbb'],
    ['ik3l-qow9-aaaa-bbbb', '1k31q0w9aaaabbbb'],
    ['7k3m-q0w9-aaaa', null],
    ['uuuu-uuuu-uuuu-uuuu', null],
    ['', null],
  ])('of the paper: %j is %j', (typed, code) => {
    expect(normaliseRecoveryCode(typed)).toBe(code)
  })

  test('whatever way it was written down', () => {
    const codes = fc.string({
      unit: fc.constantFrom(...CODE_ALPHABET),
      minLength: CODE_LENGTH,
      maxLength: CODE_LENGTH,
    })
    fc.assert(
      fc.property(codes, (code) => {
        expect(normaliseRecoveryCode(groupedCode(code).toUpperCase())).toBe(code)
      }),
      { numRuns: 1000, seed: 1 },
    )
  })
})

test('secrets and codes are shown in groups of four', () => {
  expect(groupedCode('7k3mq0w9aaaabbbb')).toBe('7k3m-q0w9-aaaa-bbbb')
  expect(groupedSecret('ABCDEFGHIJKLMNOP')).toBe('ABCD EFGH IJKL MNOP')
})
