import { describe, expect, test } from '@jest/globals'
import { Secret } from '@myanm/chassis'
import fc from 'fast-check'
import { sealWith } from './sealing.ts'

const secret = new Secret('a-key-encryption-key-of-this-test-only')
const seal = sealWith(secret, 'signing-key')

describe('what is sealed', () => {
  test('opens as it was, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(seal.open(seal.seal(text))).toBe(text)
      }),
      { seed: 1 },
    )
  })

  test('is another text each time, and shows nothing of what it was', () => {
    const text = '{"kty":"EC","d":"private"}'
    expect(seal.seal(text)).not.toBe(seal.seal(text))
    expect(Buffer.from(seal.seal(text), 'base64url').toString('latin1')).not.toContain('private')
  })

  test('does not open with another key, nor for another purpose', () => {
    const sealed = seal.seal('text')
    expect(() => sealWith(new Secret('w'.repeat(32)), 'signing-key').open(sealed)).toThrow()
    expect(() => sealWith(secret, 'something-else').open(sealed)).toThrow()
  })

  test('does not open when any of its bytes was altered, or some are missing', () => {
    const bytes = Buffer.from(seal.seal('{"kty":"EC"}'), 'base64url')
    for (const position of bytes.keys()) {
      const altered = Buffer.from(bytes)
      altered[position] = (altered[position] ?? 0) ^ 1
      expect(() => seal.open(altered.toString('base64url'))).toThrow()
    }
    for (const length of [0, 1, 12, 27, bytes.length - 1]) {
      expect(() => seal.open(bytes.subarray(0, length).toString('base64url'))).toThrow()
    }
  })
})
