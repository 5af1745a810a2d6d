import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Secret } from '@myanm/chassis'

const IV = 12
const TAG = 16

export interface Seal {
  /** @param context what the value belongs to: it opens there and nowhere else */
  close(value: unknown, context: Buffer): Buffer
  /** The value, or undefined when it was sealed with another key, for another context, or altered. */
  open(sealed: Buffer, context: Buffer): unknown
}

/**
 * AES-256-GCM under a key derived for one purpose. The context is authenticated with the value, so that
 * a row cannot be made to carry another row's secrets.
 */
export function createSeal(secret: Secret, purpose: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret.reveal(), '', `myanm:${purpose}`, 32))

  return {
    close(value, context) {
      const iv = randomBytes(IV)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(context)
      const body = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body])
    },

    open(sealed, context) {
      if (sealed.length < IV + TAG) return undefined
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV))
          .setAAD(context)
          .setAuthTag(sealed.subarray(IV, IV + TAG))
        const body = Buffer.concat([decipher.update(sealed.subarray(IV + TAG)), decipher.final()])
        return JSON.parse(body.toString())
      } catch {
        // GCM has one way to fail: what was sealed is not what is here.
        return undefined
      }
    },
  }
}
