import { describe, expect, test } from '@jest/globals'
import { Secret } from '@myanm/chassis'
import { createSeal } from './seal.ts'

describe('a seal', () => {
  const secret = new Secret('a secret of at least thirty-two characters')
  const seal = createSeal(secret, 'tests')
  const row = Buffer.from('row')

  test('opens what it closed, and shows nothing of it', () => {
    const sealed = seal.close({ name: 'Anne' }, row)
    expect(sealed.toString('latin1')).not.toContain('Anne')
    expect(seal.open(sealed, row)).toEqual({ name: 'Anne' })
  })

  test('never closes twice alike', () => {
    expect(seal.close('x', row).equals(seal.close('x', row))).toBe(false)
  })

  test('opens for its own row, purpose and secret only', () => {
    const sealed = seal.close('x', row)
    expect(seal.open(sealed, Buffer.from('another row'))).toBeUndefined()
    expect(createSeal(secret, 'other').open(sealed, row)).toBeUndefined()
    const other = new Secret('another secret of thirty-two characters')
    expect(createSeal(other, 'tests').open(sealed, row)).toBeUndefined()
  })

  test('opens nothing that was altered or cut', () => {
    const sealed = seal.close('x', row)
    for (let position = 0; position < sealed.length; position += 1) {
      const altered = Buffer.from(sealed)
      altered[position] = (altered[position] ?? 0) ^ 1
      expect(seal.open(altered, row)).toBeUndefined()
      expect(seal.open(sealed.subarray(0, position), row)).toBeUndefined()
    }
  })
})
