import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isTooSoon, maskAddress, readJourneyName, wayBackFor } from './rules.ts'

describe('who asks to get back in gets', () => {
  test.each([
    ['active', 'reset-password'],
    ['deletion_requested', 'reset-password'],
    ['unconfirmed', 'reset-password'],
    ['legacy', 'first-sign-in'],
    ['suspended', null],
    ['invited', null],
    ['deleted', null],
  ] as const)('when %s: %s', (state, way) => {
    expect(wayBackFor({ state, email: 'a@exemple.be' })).toBe(way)
    expect(wayBackFor({ state, email: null })).toBeNull()
  })
})

describe('a masked address', () => {
  test.each([
    ['marie.dupont@exemple.be', 'm•••@e•••.be'],
    ['a@b.be', 'a•••@b•••.be'],
    ['m@mail.tilleuls.example', 'm•••@m•••.example'],
    ['"a@b"@exemple.be', '"•••@e•••.be'],
    ['é@exemple.be', 'é•••@e•••.be'],
    ['😀ab@exemple.be', '😀•••@e•••.be'],
    ['a@localhost', 'a•••@l•••'],
  ])('%s is %s', (email, masked) => expect(maskAddress(email)).toBe(masked))

  test('is as long whatever it hides', () => {
    const part = fc.stringMatching(/^[a-z]{1,30}$/)
    fc.assert(
      fc.property(part, part, (name, domain) => {
        expect(maskAddress(`${name}@${domain}.be`)).toHaveLength('a•••@e•••.be'.length)
      }),
    )
  })
})

test('a minute is a minute', () => {
  expect(isTooSoon(1000, 60_999)).toBe(true)
  expect(isTooSoon(1000, 61_000)).toBe(false)
})

test.each([
  '//pirate.example',
  'https://pirate.example',
  '../compte',
  'a/b',
  'court',
  '',
  undefined,
  ['x'],
])('a journey is a name, no way to elsewhere: %j', (text) =>
  expect(readJourneyName(text)).toBeUndefined(),
)
