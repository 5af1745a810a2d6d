import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isInside } from './outbound.ts'

describe('an address inside our own network is recognised', () => {
  test.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.7',
    '203.0.113.7',
    '224.0.0.1',
    '239.255.255.250',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd12:3456:789a::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
  ])('%s', (address) => {
    expect(isInside(address)).toBe(true)
  })
})

test.each([
  '8.8.8.8',
  '193.190.1.1',
  '172.32.0.1',
  '100.128.0.1',
  '2a00:1450:4007::1',
  '2606:4700::1',
])('%s is outside', (address) => {
  expect(isInside(address)).toBe(false)
})

test('what is no address at all is refused like one inside', () => {
  for (const text of [
    '',
    'localhost',
    '0x7f.1',
    '2130706433',
    '127.1',
    '127.0.0.1 ',
    '[::1]',
    'a',
  ]) {
    expect(isInside(text)).toBe(true)
  }
})

test('no loopback or private address is ever taken for one outside', () => {
  const byte = fc.integer({ min: 0, max: 255 })
  const prefix = fc.constantFrom('127', '10', '192.168', '169.254')
  fc.assert(
    fc.property(prefix, fc.array(byte, { minLength: 3, maxLength: 3 }), (start, rest) => {
      const address = [...start.split('.'), ...rest].slice(0, 4).join('.')
      expect(isInside(address)).toBe(true)
      expect(isInside(`::ffff:${address}`)).toBe(true)
    }),
    { seed: 1, numRuns: 500 },
  )
})
