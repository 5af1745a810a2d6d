import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Seal, sealWith } from '#oidc'
import type { Config } from '../config.ts'

export type Keys = Pick<Config, 'KEY_ENCRYPTION_KEY'>

/** How long somebody may think before they answer a challenge, in seconds: as long as a journey lasts. */
const PATIENCE = 3600

const NONCE = 16
const MOMENT = 6

export interface AuthenticatorSecrets {
  /** Seals the secrets of applications. */
  readonly secrets: Seal
  /** Seals what a form carries from the page that shows a secret to the one that keeps it. */
  readonly proposals: Seal
  /** What a recovery code is kept as. */
  hashCode(account: string, code: string): Buffer
  /** What a passkey calls the account: always the same, and nothing anybody else can read. */
  handleOf(account: string): Uint8Array<ArrayBuffer>
  /** A challenge for one purpose of one journey or session, and nothing else. */
  newChallenge(purpose: string, now: Date): Uint8Array<ArrayBuffer>
  /** Until when a challenge is good; null when it is not ours, for something else, or over. */
  readChallenge(challenge: string, purpose: string, now: Date): Date | null
}

const known = new WeakMap<object, AuthenticatorSecrets>()

/** Everything that is derived from the key-encryption key for the authenticators. */
export function secretsOf({ KEY_ENCRYPTION_KEY: key }: Keys): AuthenticatorSecrets {
  const made = known.get(key)
  if (made) return made
  const keyFor = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', key.reveal(), '', `authenticators:${purpose}`, 32))
  const codes = keyFor('recovery-codes')
  const handles = keyFor('handles')
  const challenges = keyFor('challenges')

  const sealOf = (head: Buffer, purpose: string): Buffer =>
    createHmac('sha256', challenges).update(head).update(purpose).digest()

  const secrets: AuthenticatorSecrets = {
    secrets: sealWith(key, 'one-time-password'),
    proposals: sealWith(key, 'authenticator-proposal'),
    hashCode: (account, code) => createHmac('sha256', codes).update(`${account}:${code}`).digest(),
    handleOf: (account) => new Uint8Array(createHmac('sha256', handles).update(account).digest()),
    newChallenge: (purpose, now) => {
      const moment = Buffer.alloc(MOMENT)
      moment.writeUIntBE(Math.floor(now.getTime() / 1000) + PATIENCE, 0, MOMENT)
      const head = Buffer.concat([randomBytes(NONCE), moment])
      return new Uint8Array(Buffer.concat([head, sealOf(head, purpose)]))
    },
    readChallenge: (challenge, purpose, now) => {
      const bytes = Buffer.from(challenge, 'base64url')
      const head = bytes.subarray(0, NONCE + MOMENT)
      const given = bytes.subarray(NONCE + MOMENT)
      const expected = sealOf(head, purpose)
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
      const until = new Date(head.readUIntBE(NONCE, MOMENT) * 1000)
      return until > now ? until : null
    },
  }
  known.set(key, secrets)
  return secrets
}
