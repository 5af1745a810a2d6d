import { createHash, createPrivateKey, createPublicKey, hkdfSync, sign } from 'node:crypto'
import type { Secret } from '@myanm/chassis'

/** What comes before the thirty-two bytes of an Ed25519 key in PKCS #8 (RFC 8410 §7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

export interface SealingKey {
  /** Short name of the key: what its public half hashes to. */
  readonly id: string
  /** For whoever checks: SPKI, base64url. */
  readonly publicKey: string
  sign(text: string): Buffer
}

/**
 * The key seals of the journal are signed with. Made from the key-encryption key, which is not in the
 * database: whoever has the database alone signs nothing. Another key than those of tokens: these go
 * after days and would leave twelve months of seals behind, and a key has one purpose (NIST SP 800-57
 * part 1, 5.2).
 */
export function sealingKey(keyEncryptionKey: Secret): SealingKey {
  const seed = Buffer.from(hkdfSync('sha256', keyEncryptionKey.reveal(), '', 'journal:seal', 32))
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8, seed]),
    format: 'der',
    type: 'pkcs8',
  })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return {
    id: createHash('sha256').update(spki).digest('hex').slice(0, 16),
    publicKey: spki.toString('base64url'),
    sign: (text) => sign(null, Buffer.from(text), key),
  }
}
