import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { Secret } from '@myanm/chassis'
import fc from 'fast-check'
import { proofSecrets } from './secrets.ts'

const secrets = proofSecrets(new Secret('k'.repeat(32)))

describe('the link of a proof', () => {
  test('leads back to it, and is the same each time it is written', () => {
    fc.assert(
      fc.property(fc.uuid(), (proof) => {
        const token = secrets.tokenOf(proof)
        expect(token).toMatch(/^[\w-]{22}\.[\w-]{43}$/)
        expect(secrets.tokenOf(proof)).toBe(token)
        expect(secrets.read(token)).toBe(proof)
      }),
    )
  })

  test('with any other character in any place leads nowhere', () => {
    const token = secrets.tokenOf(randomUUID())
    for (let place = 0; place < token.length; place += 1) {
      const other = token[place] === 'A' ? 'Q' : 'A'
      const forged = token.slice(0, place) + other + token.slice(place + 1)
      expect(secrets.read(forged)).not.toBe(secrets.read(token))
    }
  })

  test('under another key, or of any other shape, leads nowhere', () => {
    const elsewhere = proofSecrets(new Secret('x'.repeat(32)))
    expect(secrets.read(elsewhere.tokenOf(randomUUID()))).toBeNull()
    fc.assert(fc.property(fc.string(), (text) => secrets.read(text) === null))
  })
})

describe('the code of a proof', () => {
  test('is eight digits, and its own', () => {
    const proof = randomUUID()
    expect(secrets.codeOf(proof)).toMatch(/^\d{8}$/)
    expect(secrets.isCode(proof, secrets.codeOf(proof))).toBe(true)
    expect(secrets.isCode(randomUUID(), secrets.codeOf(proof))).toBe(false)
  })

  test('tells nothing of the link', () => {
    const proof = randomUUID()
    expect(secrets.tokenOf(proof)).not.toContain(secrets.codeOf(proof))
  })
})
