import { createHash, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

export interface Holder {
  readonly jwk: JWK
  /** A proof of possession for one request (RFC 9449 §4.2); `changes` bends it. */
  prove(
    request: { readonly method: string; readonly url: URL; readonly token?: string },
    changes?: Readonly<Record<string, unknown>>,
  ): Promise<string>
}

/** Somebody who holds a key of their own. */
export async function newHolder(): Promise<Holder> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  return {
    jwk,
    prove: ({ method, url, token }, changes = {}) =>
      new SignJWT({
        htm: method,
        htu: url.href,
        jti: randomUUID(),
        iat: Math.floor(Date.now() / 1000),
        ...(token !== undefined && {
          ath: createHash('sha256').update(token).digest('base64url'),
        }),
        ...changes,
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
        .sign(privateKey),
  }
}
