import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addressRange, isClosed, isJustClosed, normalisePassword } from './rules.ts'

describe('a password', () => {
  test('is the same from any keyboard, composed or not', () => {
    expect(normalisePassword('e\u0301te\u0301')).toBe(normalisePassword('\u00e9t\u00e9'))
  })

  test('keeps its case, its spaces and its length', () => {
    expect(normalisePassword(' Été à la mer 🌊 ')).toBe(' Été à la mer 🌊 ')
    const long = 'a'.repeat(80)
    expect(normalisePassword(`${long}x`)).not.toBe(normalisePassword(`${long}y`))
  })
})

describe('an address stands for', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:ffff::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['', ''],
  ])('%j: %j', (address, range) => {
    expect(addressRange(address)).toBe(range)
  })

  const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16))
  const half = fc.array(group, { minLength: 4, maxLength: 4 })

  test('the /64 a subscriber can roam in, and no neighbour’s', () => {
    fc.assert(
      fc.property(half, half, half, half, (network, one, other, neighbour) => {
        const range = (left: string[], right: string[]) =>
          addressRange([...left, ...right].join(':'))
        expect(range(network, one)).toBe(range(network, other))
        fc.pre(network.join() !== neighbour.join())
        expect(range(network, one)).not.toBe(range(neighbour, one))
      }),
      { numRuns: 1000, seed: 1 },
    )
  })

  test('the same whether zeros are written or not', () => {
    fc.assert(
      fc.property(half, (network) => {
        const written = addressRange([...network, '0', '0', '0', '1'].join(':'))
        expect(addressRange(`${network.join(':')}::1`)).toBe(written)
        const padded = network.map((value) => value.padStart(4, '0').toUpperCase())
        expect(addressRange(`${padded.join(':')}::1`)).toBe(written)
      }),
      { numRuns: 1000, seed: 1 },
    )
  })
})

test('ninety failures in a row close a password: ten may be under way', () => {
  expect(isClosed(89)).toBe(false)
  expect(isClosed(90)).toBe(true)
  expect([89, 90, 91].map(isJustClosed)).toEqual([false, true, false])
})
