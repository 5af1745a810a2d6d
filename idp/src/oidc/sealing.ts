import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Secret } from '@myanm/chassis'

const ALGORITHM = 'aes-256-gcm'
const NONCE = 12
const TAG = 16

export interface Seal {
  seal(text: string): string
  /** @throws Error when the key is not the one it was sealed with, or the text was altered */
  open(sealed: string): string
}

/** Encrypts what must not be readable in a copy of the database (AES-256-GCM, a key per purpose). */
export function sealWith(secret: Secret, purpose: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret.reveal(), '', purpose, 32))
  return {
    seal: (text) => {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv(ALGORITHM, key, nonce)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE), {
        // A shorter tag would be easier to forge: all of it, or nothing opens.
        authTagLength: TAG,
      })
      decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
      const body = bytes.subarray(NONCE + TAG)
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
    },
  }
}
