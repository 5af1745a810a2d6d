import {
  createHash,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'

interface Options {
  readonly challenge: string
  readonly rp?: { readonly id?: string }
  readonly rpId?: string
  readonly user?: { readonly id: string }
  readonly allowCredentials?: readonly { readonly id: string }[]
}

/** What may be wrong with an answer, for tests that an answer can be refused. */
export interface Flaws {
  readonly origin?: string
  readonly rpId?: string
  readonly userVerified?: boolean
  readonly userPresent?: boolean
  readonly challenge?: string
  readonly userHandle?: string | null
  readonly type?: string
  readonly counter?: number
  readonly crossOrigin?: boolean
  /** Signs with another key than the one that is known. */
  readonly forged?: boolean
}

/**
 * An authenticator in software (WebAuthn level 3, §6): one passkey, and answers as a browser gives them,
 * right or with one flaw. Only for tests: it asks nobody.
 */
export class SoftwareAuthenticator {
  readonly id = randomBytes(32)
  readonly #origin: string
  readonly #rpId: string
  readonly #keys = newKeys()
  readonly #isSynced: boolean
  /** Grows with each use; a key that is copied to other devices does not count. */
  counter = 0
  #userHandle = ''

  constructor(site: URL, kind: 'synced' | 'bound' = 'bound') {
    this.#origin = site.origin
    this.#rpId = site.hostname
    this.#isSynced = kind === 'synced'
  }

  get name(): string {
    return this.id.toString('base64url')
  }

  /** Answers `navigator.credentials.create`, as the JSON a form carries. */
  create(options: Options, flaws: Flaws = {}): string {
    this.#userHandle = options.user?.id ?? ''
    const client = this.#clientData('webauthn.create', options.challenge, flaws)
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' })
    // RFC 9053 §7.1: kty EC2, alg ES256, crv P-256.
    const key = map([
      [int(1), int(2)],
      [int(3), int(-7)],
      [int(-1), int(1)],
      [int(-2), bytes(Buffer.from(x, 'base64url'))],
      [int(-3), bytes(Buffer.from(y, 'base64url'))],
    ])
    const length = Buffer.alloc(2)
    length.writeUInt16BE(this.id.length)
    const attested = Buffer.concat([Buffer.alloc(16), length, this.id, key])
    const attestationObject = map([
      [text('fmt'), text('none')],
      [text('attStmt'), map([])],
      [text('authData'), bytes(Buffer.concat([this.#head(flaws, 0x40), attested]))],
    ])
    return JSON.stringify({
      id: this.name,
      rawId: this.name,
      type: 'public-key',
      response: {
        clientDataJSON: client.toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      },
      clientExtensionResults: {},
    })
  }

  /** Answers `navigator.credentials.get`. */
  get(options: Options, flaws: Flaws = {}): string {
    if (!this.#isSynced) this.counter += 1
    const client = this.#clientData('webauthn.get', options.challenge, flaws)
    const data = this.#head(flaws, 0)
    const hash = createHash('sha256').update(client).digest()
    const { privateKey } = flaws.forged ? newKeys() : this.#keys
    const signature = createSign('sha256').update(data).update(hash).sign(privateKey)
    const handle = flaws.userHandle === undefined ? this.#userHandle : flaws.userHandle
    return JSON.stringify({
      id: this.name,
      rawId: this.name,
      type: 'public-key',
      response: {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle: handle,
      },
      clientExtensionResults: {},
    })
  }

  #clientData(type: string, challenge: string, flaws: Flaws): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: flaws.type ?? type,
        challenge: flaws.challenge ?? challenge,
        origin: flaws.origin ?? this.#origin,
        crossOrigin: flaws.crossOrigin ?? false,
      }),
    )
  }

  /** The address it is for, what was checked, how often it was used (§6.1). */
  #head(flaws: Flaws, more: number): Buffer {
    const present = flaws.userPresent === false ? 0 : 0x01
    const verified = flaws.userVerified === false ? 0 : 0x04
    const synced = this.#isSynced ? 0x18 : 0
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(flaws.counter ?? this.counter)
    return Buffer.concat([
      createHash('sha256')
        .update(flaws.rpId ?? this.#rpId)
        .digest(),
      Buffer.from([present | verified | synced | more]),
      counter,
    ])
  }
}

const newKeys = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** As much of CBOR (RFC 8949 §3) as a passkey takes. */
function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value])
  if (value < 256) return Buffer.from([(major << 5) | 24, value])
  return Buffer.from([(major << 5) | 25, value >> 8, value & 255])
}
const int = (value: number): Buffer => (value < 0 ? head(1, -1 - value) : head(0, value))
const bytes = (value: Buffer): Buffer => Buffer.concat([head(2, value.length), value])
const text = (value: string): Buffer => Buffer.concat([head(3, value.length), Buffer.from(value)])
const map = (entries: readonly (readonly [Buffer, Buffer])[]): Buffer =>
  Buffer.concat([head(5, entries.length), ...entries.flat()])
