import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readReference, referenceFrom } from './rules.ts'

test('every reference is one that is read back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 5, maxLength: 8 }), (random) => {
      const reference = referenceFrom(random)
      expect(reference).toMatch(/^.{4}-.{4}$/)
      expect(readReference(reference)).toBe(reference)
    }),
  )
})

test.each([undefined, '', 'K7F3', 'K7F3-22QI', '<b>a</b>-22QX', ['K7F3-22QX']])(
  'anything else is not repeated: %j',
  (text) => expect(readReference(text)).toBeNull(),
)
