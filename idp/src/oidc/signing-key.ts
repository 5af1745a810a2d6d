import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import type { JWK } from 'jose'
import { ExternalSigningKey } from 'oidc-provider'

/**
 * A signing key the engine can use and never sees: it hands over what is to be signed. ES256 signs on
 * the spot, which costs less than a trip to another thread; RS256 is ten times slower and takes it.
 */
export class SealedSigningKey extends ExternalSigningKey {
  readonly #privateKey: KeyObject
  readonly #publicKey: KeyObject

  constructor(key: { readonly kid: string; readonly algorithm: string; readonly jwk: JWK }) {
    super()
    Object.assign(this, { kid: key.kid, alg: key.algorithm })
    this.#privateKey = createPrivateKey({ key: key.jwk as never, format: 'jwk' })
    this.#publicKey = createPublicKey(this.#privateKey)
  }

  override keyObject(): KeyObject {
    return this.#publicKey
  }

  override sign(data: Buffer): Buffer | Promise<Buffer> {
    if (this.alg === 'ES256') {
      return sign('sha256', data, { key: this.#privateKey, dsaEncoding: 'ieee-p1363' })
    }
    return new Promise((resolve, reject) => {
      sign('sha256', data, this.#privateKey, (error, signature) =>
        error ? reject(error) : resolve(signature),
      )
    })
  }
}
