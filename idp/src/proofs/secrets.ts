import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '@myanm/chassis'
import { normaliseCode } from './rules.ts'

/** Makes and reads what a mail carries. */
export interface ProofSecrets {
  /** The last part of a link: the identifier and its seal, 64 characters safe in an address. */
  tokenOf(proof: string): string
  /** Eight digits. */
  codeOf(proof: string): string
  /** The identifier in a link; null when the seal is not ours, which takes no look at the database. */
  read(token: string): string | null
  isCode(proof: string, typed: string): boolean
}

const TOKEN = /^[\w-]{22}\.[\w-]{43}$/

/**
 * Links and codes are derived, not drawn: the mail that is written again after a crash says the same,
 * and neither is kept anywhere. 256 bits seal a link; a code is 8 digits and five tries.
 */
export function proofSecrets(key: Secret): ProofSecrets {
  const seal = (label: string, proof: string): Buffer =>
    createHmac('sha256', key.reveal()).update(`proof:${label}:${proof}`).digest()
  const codeOf = (proof: string): string =>
    String(seal('code', proof).readBigUInt64BE() % 100_000_000n).padStart(8, '0')

  return {
    codeOf,
    tokenOf: (proof) => `${idToText(proof)}.${seal('link', proof).toString('base64url')}`,
    read: (token) => {
      if (!TOKEN.test(token)) return null
      const [text = '', given = ''] = token.split('.')
      const proof = textToId(text)
      return isSame(Buffer.from(given, 'base64url'), seal('link', proof)) ? proof : null
    },
    isCode: (proof, typed) =>
      isSame(
        createHash('sha256').update(normaliseCode(typed)).digest(),
        createHash('sha256').update(codeOf(proof)).digest(),
      ),
  }
}

function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function idToText(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')
}

function textToId(text: string): string {
  const hex = Buffer.from(text, 'base64url').toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
