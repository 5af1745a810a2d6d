import { isLoopback } from '@myanm/chassis'
import type { Db } from '@myanm/database'
import { importJWK, type JWTPayload, SignJWT } from 'jose'
import type { Tables } from '../tables.ts'
import { loadKeys } from './keys.ts'
import type { Reach } from './outbound.ts'
import type { Seal } from './sealing.ts'
import type { SubjectOf } from './subject.ts'

/** What it takes to tell a site something it can believe. */
export interface TellingNeeds {
  readonly db: Db<Tables>
  readonly seal: Seal
  readonly issuer: URL
  readonly subjectOf: SubjectOf
}

export interface SiteToken {
  /** Explicit type: no token of one kind passes for another (RFC 8725 §3.11). */
  readonly type: 'logout+jwt' | 'secevent+jwt'
  readonly audience: string
  readonly id: string
  readonly claims: JWTPayload
  /** How long it holds, such as `2m`; without end when not said. */
  readonly validFor?: string
}

/**
 * Signs what sites are told, with the key that is current now: whatever is told again later is signed
 * anew, and holds although keys have been rotated since.
 */
export async function siteSigner(
  needs: Pick<TellingNeeds, 'db' | 'seal' | 'issuer'>,
): Promise<(token: SiteToken) => Promise<string>> {
  const current = (await loadKeys(needs.db, needs.seal)).find(
    ({ state, algorithm }) => state === 'current' && algorithm === 'ES256',
  )
  if (!current) throw new Error('No current signing key')
  const key = await importJWK(current.jwk, 'ES256')
  return ({ type, audience, id, claims, validFor }) => {
    const token = new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: current.kid, typ: type })
      .setIssuer(needs.issuer.origin)
      .setAudience(audience)
      .setIssuedAt()
      .setJti(id)
    return (validFor === undefined ? token : token.setExpirationTime(validFor)).sign(key)
  }
}

/** How far we reach: to ourselves only where MyANM itself is at home. */
export const reachOf = (issuer: URL): Reach => ({ local: isLoopback(issuer) })
